namespace Pointsman.Control.Status;

/// <summary>What passes in a second, averaged as IPVS does: looked at every two seconds, a quarter of the way each time.</summary>
public sealed record RateStatus
{
    /// <summary>New connections.</summary>
    public long Connections { get; init; }

    public long InPackets { get; init; }

    /// <summary>Zero with direct routing.</summary>
    public long OutPackets { get; init; }

    public long InBytes { get; init; }

    public long OutBytes { get; init; }
}
