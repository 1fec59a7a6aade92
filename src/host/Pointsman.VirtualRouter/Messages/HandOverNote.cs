using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>What a role that made way leaves to the next one on this node, in the run directory.</summary>
internal sealed record HandOverNote
{
    public const string FileName = "vrrp-handover.json";

    public ImmutableArray<HeldInstance> Held { get; init; } = [];

    public ImmutableArray<KnownPeer> Peers { get; init; } = [];

    public ImmutableArray<StandingOrder> Orders { get; init; } = [];

    public ImmutableArray<Tally> Tallies { get; init; } = [];

    /// <summary>Addresses of instances that are no more, which the kernel would not take away; each names its device.</summary>
    public ImmutableArray<VirtualAddress> Left { get; init; } = [];

    /// <summary>
    /// An instance that was master, as it was configured: the next role goes on with it, or withdraws it where the new
    /// configuration has it no more.
    /// </summary>
    /// <param name="Source">The address its adverts came from.</param>
    /// <param name="Until">When its word is no longer good, on the clock that counts suspension; long ago where its farewell is said.</param>
    internal sealed record HeldInstance(
        VrrpInstanceSettings Settings, InstanceBinding Binding, IpAddress Source, Instant Until)
    {
        internal bool Is(VrrpInstanceSettings other) => Settings.IsSameRouterAs(other);
    }

    /// <summary>What an instance has counted: the next role counts on.</summary>
    internal sealed record Tally(string Interface, byte VirtualRouterId, IpFamily Family, ImmutableSortedDictionary<string, long> Counts)
    {
        internal static Tally Of(VrrpInstance instance) => new(
            instance.Settings.Interface, instance.Settings.VirtualRouterId, instance.Settings.Family, instance.Counters.ByName());

        internal bool Is(VrrpInstance instance) => instance.Settings.Interface == Interface
            && instance.Settings.VirtualRouterId == VirtualRouterId && instance.Settings.Family == Family;
    }

    /// <summary>A director that was heard.</summary>
    internal sealed record KnownPeer(string Instance, IpAddress Address, MacAddress Mac);
}
