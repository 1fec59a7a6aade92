using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>What a role that made way leaves to the next one on this node, in the run directory.</summary>
internal sealed record HandOverNote
{
    public const string FileName = "vrrp-handover.json";

    public ImmutableArray<HeldInstance> Held { get; init; } = [];

    public ImmutableArray<KnownPeer> Peers { get; init; } = [];

    /// <summary>An instance that was master.</summary>
    /// <param name="Until">When its word is no longer good, on the clock that counts suspension.</param>
    internal sealed record HeldInstance(string Name, Instant Until);

    /// <summary>A director that was heard.</summary>
    internal sealed record KnownPeer(string Instance, IpAddress Address, MacAddress Mac);
}
