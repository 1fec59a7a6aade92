using System.Collections.Immutable;

namespace Pointsman.Balance.Schedulers;

/// <summary>mh: the client's address leads to a place of Maglev's table.</summary>
internal sealed class MaglevHash(Func<int, ServerLoad> loadOf, ServiceFlags flags) : Scheduler(loadOf)
{
    /// <summary>
    /// Places a fallback tries; the kernel goes on to the length of the table. Where a hundredth of the table is usable,
    /// one client in thirty thousand finds none of it.
    /// </summary>
    internal const int FallbackTries = 1024;

    private ImmutableArray<int> _table = [];

    public override int? Pick(in ConnectionRequest request)
    {
        if (_table.IsEmpty)
        {
            return null;
        }

        uint port = flags.HasFlag(ServiceFlags.Port) ? request.ClientPort : 0u;
        uint sum = unchecked(HashTables.Fold(request.Client) + port);
        int hash = MaglevTable.PlaceOf(sum);
        if (IsUsable(_table[hash]))
        {
            return _table[hash];
        }

        for (int offset = 0; flags.HasFlag(ServiceFlags.Fallback) && offset < FallbackTries; offset++)
        {
            uint turned = (uint)((offset + hash) % MaglevTable.Length);
            int server = _table[MaglevTable.PlaceOf(unchecked(sum + turned))];
            if (IsUsable(server))
            {
                return server;
            }
        }

        return null;
    }

    private protected override void OnWeights() => _table = MaglevTable.Build(Servers);
}
