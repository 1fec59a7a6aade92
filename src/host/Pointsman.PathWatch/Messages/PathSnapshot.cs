using System.Collections.Immutable;

namespace Pointsman.PathWatch.Messages;

/// <summary>How a session stands.</summary>
public sealed record PathSnapshot
{
    public string Name { get; init; } = "";

    public string State { get; init; } = "";

    public string RemoteState { get; init; } = "";

    /// <summary>Why it is not up, or what the socket refuses; empty when all is well.</summary>
    public string Why { get; init; } = "";

    public double StateForSeconds { get; init; }

    public double TransmitMs { get; init; }

    public double DetectMs { get; init; }

    public long Sent { get; init; }

    public long Received { get; init; }

    /// <summary>Packets that were not believed, by reason.</summary>
    public ImmutableSortedDictionary<string, long> Discarded { get; init; } = ImmutableSortedDictionary<string, long>.Empty;
}
