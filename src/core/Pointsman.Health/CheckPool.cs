using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>
/// Hands out the machines of checks while a monitor is made: one for all virtual servers that ask the same of one real
/// server, unless they want one each.
/// </summary>
internal sealed class CheckPool
{
    private readonly Dictionary<(IpAddress, CheckDefinition), CheckMachine> _shared = [];
    private readonly HashSet<CheckMachine> _used = [];

    /// <summary>Before the first is taken: one that runs already is what others join.</summary>
    internal void Reserve(ServerDefinition server, CheckDefinition check, CheckMachine running)
    {
        if (server.SharesChecks)
        {
            _shared.TryAdd((server.Address.Address, check), running);
        }
    }

    /// <param name="wasDown">A new one must prove itself first, so a shared one that is up does not do.</param>
    /// <param name="running">The server's own until now; null: it has none.</param>
    internal CheckMachine Take(ServerDefinition server, CheckDefinition check, bool wasDown, CheckMachine? running)
    {
        (IpAddress, CheckDefinition) key = (server.Address.Address, check);
        if (server.SharesChecks && _shared.TryGetValue(key, out CheckMachine? shared) && !(wasDown && shared.IsUp))
        {
            return shared;
        }

        CheckMachine own = running is not null && _used.Add(running)
            ? running
            : new CheckMachine(check.Method, check.Settings, running is null ? wasDown : !running.IsUp);
        _used.Add(own);
        if (server.SharesChecks)
        {
            _shared.TryAdd(key, own);
        }

        return own;
    }
}
