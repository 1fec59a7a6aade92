namespace Pointsman.Balance.Schedulers;

/// <summary>A server's connections: <paramref name="Active"/> as ActiveConn, the others as InActConn.</summary>
public readonly record struct ServerLoad(int Active, int Inactive)
{
    /// <summary>The upper threshold was reached and the lower one not yet undercut: no new connections.</summary>
    public bool IsOverloaded { get; init; }

    public long Total => (long)Active + Inactive;

    /// <summary>What lc and wlc compare: an active connection counts 257, an inactive one 1 (as IPVS in Linux 6.1).</summary>
    public long Overhead => ((long)Active * 256) + Active + Inactive;

    public ServerLoad Plus(bool isActive, int count) =>
        isActive ? this with { Active = Active + count } : this with { Inactive = Inactive + count };
}
