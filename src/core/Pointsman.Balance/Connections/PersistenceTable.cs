using Pointsman.Base;

namespace Pointsman.Balance.Connections;

/// <summary>Which server the clients of a network are bound to.</summary>
internal sealed class PersistenceTable(PersistenceRule rule)
{
    private readonly Dictionary<IpAddress, Template> _templates = [];

    internal int? ServerOf(Instant now, IpAddress client) =>
        _templates.TryGetValue(rule.NetworkOf(client), out Template template) && !IsOver(now, template)
            ? template.Server
            : null;

    /// <summary>A new connection: the full time begins again, and the template controls one connection more.</summary>
    internal void Bind(Instant now, IpAddress client, int server)
    {
        IpAddress network = rule.NetworkOf(client);
        int controlled = _templates.GetValueOrDefault(network).Controlled;
        _templates[network] = new Template(server, now + rule.Timeout, controlled + 1);
    }

    internal void Release(IpAddress client)
    {
        IpAddress network = rule.NetworkOf(client);
        if (_templates.TryGetValue(network, out Template template) && template.Controlled > 0)
        {
            _templates[network] = template with { Controlled = template.Controlled - 1 };
        }
    }

    internal void Sweep(Instant now)
    {
        foreach (IpAddress network in _templates.Where(pair => IsOver(now, pair.Value)).Select(pair => pair.Key).ToArray())
        {
            _templates.Remove(network);
        }
    }

    // It does not end while it controls connections, so clients that stay keep their server. IPVS looks each minute.
    private static bool IsOver(Instant now, Template template) => now >= template.Expiry && template.Controlled == 0;

    private readonly record struct Template(int Server, Instant Expiry, int Controlled);
}
