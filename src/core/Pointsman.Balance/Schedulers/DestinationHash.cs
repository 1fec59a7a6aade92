using System.Collections.Immutable;

namespace Pointsman.Balance.Schedulers;

/// <summary>dh: the virtual address leads to a place of a table of 256. Weights count as none or any.</summary>
internal sealed class DestinationHash(Func<int, ServerLoad> loadOf) : Scheduler(loadOf)
{
    private ImmutableArray<int> _table = [];

    public override int? Pick(in ConnectionRequest request)
    {
        if (_table.IsEmpty)
        {
            return null;
        }

        int server = _table[HashTables.PlaceOf(HashTables.Fold(request.Virtual))];
        return IsUsable(server) ? server : null;
    }

    private protected override void OnWeights() => _table = HashTables.Destination(Servers);
}
