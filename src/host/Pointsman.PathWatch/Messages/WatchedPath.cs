namespace Pointsman.PathWatch.Messages;

/// <summary>A session as it goes over the pipe: plain words and numbers.</summary>
public sealed record WatchedPath
{
    public string Name { get; init; } = "";

    public string Neighbor { get; init; } = "";

    /// <summary>Null: as the routes say.</summary>
    public string? Source { get; init; }

    public double MinRxMs { get; init; }

    public double MinTxMs { get; init; }

    public double IdleTxMs { get; init; }

    public byte Multiplier { get; init; }

    public bool IsPassive { get; init; }

    public bool IsMultihop { get; init; }

    public byte TimeToLive { get; init; }

    public int MaxHops { get; init; }
}
