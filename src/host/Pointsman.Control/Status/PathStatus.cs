using System.Collections.Immutable;

namespace Pointsman.Control.Status;

/// <summary>One <c>bfd_instance</c>.</summary>
public sealed record PathStatus
{
    public string Name { get; init; } = "";

    public string Neighbor { get; init; } = "";

    /// <summary>up, init, down or admindown.</summary>
    public string State { get; init; } = "";

    /// <summary>What the neighbour says of itself.</summary>
    public string RemoteState { get; init; } = "";

    /// <summary>Why it is not up; empty when it is.</summary>
    public string Reason { get; init; } = "";

    public double SinceSeconds { get; init; }

    /// <summary>Milliseconds from one packet of ours to the next.</summary>
    public double TransmitMs { get; init; }

    /// <summary>Milliseconds of silence that are the loss of the path.</summary>
    public double DetectMs { get; init; }

    public long Sent { get; init; }

    public long Received { get; init; }

    /// <summary>Packets that were not believed, by reason.</summary>
    public ImmutableSortedDictionary<string, long> Discarded { get; init; } = ImmutableSortedDictionary<string, long>.Empty;
}
