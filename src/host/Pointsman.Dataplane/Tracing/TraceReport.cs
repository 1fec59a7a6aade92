using System.Collections.Immutable;

namespace Pointsman.Dataplane.Tracing;

/// <summary>What the data path makes of one packet, decision by decision.</summary>
/// <param name="Packet">In words.</param>
/// <param name="Verdict">By its name in bpf/verdict.h, in small letters.</param>
/// <param name="Action">What becomes of the frame: pass (to this node itself), drop, send.</param>
public sealed record TraceReport(string Packet, ImmutableArray<TraceStep> Steps, string Verdict, string Action)
{
    /// <summary>What else was counted on the way.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}

/// <param name="Name">What is asked: interface, service, lease, connection...</param>
/// <param name="Finding">The answer, in words.</param>
public sealed record TraceStep(string Name, string Finding);
