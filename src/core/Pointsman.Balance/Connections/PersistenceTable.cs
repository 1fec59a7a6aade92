using Pointsman.Base;

namespace Pointsman.Balance.Connections;

/// <summary>
/// Which server the clients of a network are bound to, or of these a call. IPVS keeps a template that still controls connections when its time is up for
/// another minute, and again; it gives it a minute from then on, too, whatever the service says. Here it ends with the last of those
/// connections, and has the service's time with the next one.
/// </summary>
internal sealed class PersistenceTable(PersistenceRule rule)
{
    private static readonly TimeSpan s_step = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(IpAddress Network, string? Call), Template> _templates = [];

    internal int? ServerOf(Instant now, IpAddress client, string? call = null) =>
        _templates.TryGetValue((rule.NetworkOf(client), call), out Template template) && !IsOver(now, template)
            ? template.Server
            : null;

    /// <summary>A new connection: the full time begins again, and the template controls one connection more.</summary>
    internal void Bind(Instant now, IpAddress client, int server, string? call = null)
    {
        (IpAddress, string?) network = (rule.NetworkOf(client), call);
        Template before = _templates.GetValueOrDefault(network);
        bool isAssured = before.IsAssured && before.Server == server && !IsOver(now, before);
        _templates[network] = new Template(server, now + rule.Timeout, before.Controlled + 1, isAssured);
    }

    /// <summary>A connection of this client was established.</summary>
    internal void Assure(IpAddress client, string? call = null)
    {
        (IpAddress, string?) network = (rule.NetworkOf(client), call);
        if (_templates.TryGetValue(network, out Template template))
        {
            _templates[network] = template with { IsAssured = true };
        }
    }

    internal void Release(IpAddress client, string? call = null)
    {
        (IpAddress, string?) network = (rule.NetworkOf(client), call);
        if (_templates.TryGetValue(network, out Template template) && template.Controlled > 0)
        {
            _templates[network] = template with { Controlled = template.Controlled - 1 };
        }
    }

    internal void Sweep(Instant now)
    {
        foreach ((IpAddress, string?) network in _templates.Where(pair => IsOver(now, pair.Value)).Select(pair => pair.Key).ToArray())
        {
            _templates.Remove(network);
        }
    }

    internal IEnumerable<Binding> At(Instant now) =>
        from pair in _templates
        let template = pair.Value
        where !IsOver(now, template)
        select new Binding(pair.Key.Network, template.Server, template.IsAssured, LeftOf(now, template.Expiry)) { Call = pair.Key.Call };

    private static TimeSpan LeftOf(Instant now, Instant expiry) =>
        now < expiry ? expiry - now : s_step - TimeSpan.FromTicks((now - expiry).Ticks % s_step.Ticks);

    // It does not end while it controls connections, so clients that stay keep their server.
    private static bool IsOver(Instant now, Template template) => now >= template.Expiry && template.Controlled == 0;

    private readonly record struct Template(int Server, Instant Expiry, int Controlled, bool IsAssured);
}
