using Pointsman.Dataplane.Tables;

namespace Pointsman.Dataplane;

/// <summary>Reads a pinned data path, also while no daemon runs; changes nothing but by <see cref="CatchUp"/>.</summary>
public sealed class XdpDataplaneReader : IDisposable
{
    private readonly PinnedTables _tables;

    private XdpDataplaneReader(PinnedTables tables) => _tables = tables;

    public TimeoutSettings Timeouts => Tables.Timeouts.Read(_tables.Settings[0]);

    /// <summary>Null when no data path of this version is pinned there.</summary>
    public static XdpDataplaneReader? TryOpen(string pinDirectory) =>
        PinnedTables.TryOpen(new PinPaths(pinDirectory), writable: false) is { } tables
            ? new XdpDataplaneReader(tables)
            : null;

    /// <summary>Takes out of the counts what is over, where no daemon does that each second.</summary>
    public void CatchUp() => Sweeper.CatchUp(_tables);

    public DataplaneSnapshot ReadSnapshot() => TableReader.Snapshot(_tables);

    /// <summary>Much less than a snapshot: nothing of connections.</summary>
    public CounterReading ReadCounters() => TableReader.Counters(_tables);

    public IReadOnlyList<ConnectionEntry> ReadConnections() => ConnectionList.Read(_tables);

    public void Dispose() => _tables.Dispose();
}
