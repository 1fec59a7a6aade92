using System.Collections.Immutable;

namespace Pointsman.Balance.Schedulers;

/// <summary>sh: the client's address leads to a place of a table of 256.</summary>
internal sealed class SourceHash(Func<int, ServerLoad> loadOf, ServiceFlags flags) : Scheduler(loadOf)
{
    private ImmutableArray<int> _table = [];

    public override int? Pick(in ConnectionRequest request)
    {
        if (_table.IsEmpty)
        {
            return null;
        }

        uint port = flags.HasFlag(ServiceFlags.Port) ? request.ClientPort : 0u;
        int hash = HashTables.PlaceOf(unchecked(HashTables.Fold(request.Client) + port));
        if (IsUsable(_table[hash]))
        {
            return _table[hash];
        }

        for (int offset = 0; flags.HasFlag(ServiceFlags.Fallback) && offset < HashTables.Length; offset++)
        {
            int turned = (offset + hash) % HashTables.Length;
            int server = _table[(turned + hash) % HashTables.Length];
            if (IsUsable(server))
            {
                return server;
            }
        }

        return null;
    }

    private protected override void OnWeights() => _table = HashTables.Source(Servers);
}
