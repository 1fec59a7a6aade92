using System.Collections.Immutable;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>All the VRRP role is told at its start: one JSON line on its standard input.</summary>
public sealed record VirtualRouterSettings
{
    /// <summary>The election.</summary>
    public required VrrpRouterSettings Router { get; init; }

    /// <summary>What belongs to each instance on this machine, in the order of the router's instances.</summary>
    public ImmutableArray<InstanceBinding> Bindings { get; init; } = [];

    /// <summary>
    /// Orders given before the process begins, which it begins under. One that goes on from another knows better (<see cref="HandOverNote"/>),
    /// and a running one has been told: they make no difference between settings.
    /// </summary>
    public ImmutableArray<StandingOrder> Orders { get; init; } = [];

    /// <summary>What stays on this host whoever is master.</summary>
    public StaticNetwork Static { get; init; } = new();

    /// <summary>Where rules for addresses that do not answer are set.</summary>
    public FirewallSettings Firewall { get; init; } = new();

    /// <summary>How fast addresses are announced.</summary>
    public AnnouncementSettings Announcements { get; init; } = new();

    /// <summary>
    /// Interfaces whose driver is asked whether the link carries (<see cref="RoleCommand.LinkBeat"/>), beside what netlink tells: the link
    /// is up while both say so.
    /// </summary>
    public ImmutableArray<string> PolledInterfaces { get; init; } = [];

    /// <summary>Holds the lock file and what one role leaves to the next.</summary>
    public string RunDirectory { get; init; } = "/run/pointsman";

    /// <summary>From the machine's boot, for so long nothing is heard, and nobody stands up.</summary>
    public TimeSpan DelayAfterBoot { get; init; }

    /// <summary>Where the data plane pins its maps; null: there is no data plane, so there are no leases to keep.</summary>
    public string? BpfPinDirectory { get; init; }

    /// <summary>SCHED_FIFO priority of the role's threads that decide and speak, 1..99; 0: ordinary threads.</summary>
    public int RealTimePriority { get; init; } = 50;

    /// <summary>
    /// Whether a running role can go on with other settings. Where it keeps its lock, where its leases are and how it is
    /// scheduled is settled at its start.
    /// </summary>
    public bool FitsProcessOf(VirtualRouterSettings other) =>
        RunDirectory == other.RunDirectory && BpfPinDirectory == other.BpfPinDirectory
        && RealTimePriority == other.RealTimePriority;

    /// <summary>How long the role may serve on when it is told to stop: the longest farewell among its instances, a whole interval in version 3.</summary>
    internal TimeSpan LongestFarewell =>
        Router.Instances.Select(instance => VrrpTimers.Farewell(instance.Pace)).DefaultIfEmpty(TimeSpan.Zero).Max();

    /// <summary>All that its instances set while they are master, each address with its device.</summary>
    internal StaticNetwork Moving() => new()
    {
        Addresses =
        [
            .. Router.Instances.Zip(Bindings).SelectMany(pair => pair.Second.Addresses.Select(address =>
                new VirtualAddress(address.Prefix, address.Device ?? pair.First.Interface) { Peer = address.Peer })),
        ],
        Routes = [.. Bindings.SelectMany(binding => binding.Routes)],
        Rules = [.. Bindings.SelectMany(binding => binding.Rules)],
    };

    /// <summary>How long the role serves without its parent before it takes its leave in order.</summary>
    public TimeSpan OrphanGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a parent that speaks may be silent before it counts as hung: no shorter than the grace of one that is gone, nor than
    /// three times what a director may be silent.
    /// </summary>
    internal TimeSpan ParentPatience => Router.Instances
        .Select(instance => 3 * VrrpTimers.MasterDown(instance.Pace, priority: 0))
        .Append(OrphanGrace)
        .Max();
}
