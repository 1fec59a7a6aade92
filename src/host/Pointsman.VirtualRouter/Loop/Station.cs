using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Loop;

/* Everything the role has made of one set of settings: the machine, the interfaces and what is kept on them. With new
   settings a new station is made beside the one that works, so that nothing is half changed; then it takes over what is
   the same - the machine's states, times and counters, the sockets of interfaces that stay - and the former one is closed.
   What the former one held and this one does not is let go of by a Withdrawal, as between two processes. */

/// <summary>The role's work on this host, by one set of settings.</summary>
internal sealed class Station : IDisposable
{
    // Sockets and tokens of the thread's loop.
    internal const uint NetworkToken = 2;
    internal const uint NeighbourToken = 3;
    internal const uint FirewallToken = 4;
    internal const uint PortToken = 5;

    private readonly RoleMeans _means;
    private readonly SecondaryPromotion _secondaries;
    private readonly VirtualMacKeeper _virtualMacs;
    private readonly NetworkTopics _topics;

    /// <param name="former">What works until now, and is not touched yet; null at the start.</param>
    internal Station(VirtualRouterSettings settings, RoleMeans means, Instant now, Station? former = null)
    {
        Settings = settings;
        _means = means;
        Router = former is null ? new VrrpRouter(settings.Router) : new VrrpRouter(settings.Router, former.Router, now);
        Router.SkipSequencesTo(UsedSequences);
        Links = new LinkTable(settings);
        _secondaries = new SecondaryPromotion(settings, means.HostChanges);
        _virtualMacs = new VirtualMacKeeper(settings, means.HostChanges, means.Outbox);
        Routing = new RoutingKeeper(settings, means.HostChanges, means.Outbox);
        Firewall = new Firewall(settings, Links, means.HostChanges, means.Outbox);
        _topics = NetworkTopics.Links | NetworkTopics.Addresses | Routing.Topics;
        Network = former is not null && former._topics == _topics ? former.Network : new NetworkMonitor(_topics);
        Runner = new ActionRunner(settings, Router, Links, Routing, Firewall, means.Leases, means.Deputy, means.Outbox);
        Extra = new ExtraAnnouncer(settings, Router, Links, Runner);
        Keeper = new AddressKeeper(Links, Runner, means.Outbox);
        Neighbours = new NeighbourEar(Links, means.Poll, NeighbourToken);
        Interfaces = new InterfaceWatch(this, means, _secondaries, _virtualMacs);
    }

    internal VirtualRouterSettings Settings { get; }

    internal VrrpRouter Router { get; }

    internal LinkTable Links { get; }

    internal RoutingKeeper Routing { get; }

    internal Firewall Firewall { get; }

    internal NetworkMonitor Network { get; }

    internal ActionRunner Runner { get; }

    internal ExtraAnnouncer Extra { get; }

    internal AddressKeeper Keeper { get; }

    internal NeighbourEar Neighbours { get; }

    internal InterfaceWatch Interfaces { get; }

    /// <summary>When one of the things kept wants to be looked at; the machine's own deadline is among them.</summary>
    internal Instant? Deadline => Instant.Earlier(
        Instant.Earlier(Instant.Earlier(Router.Deadline, Interfaces.RetryAt), Instant.Earlier(Keeper.Deadline, Routing.Deadline)),
        Instant.Earlier(
            Instant.Earlier(Runner.Directors.Deadline, Runner.Pacer.Deadline), Instant.Earlier(Extra.Deadline, Firewall.Deadline)));

    /// <summary>
    /// A role that was killed leaves no note of its last number, but version 2 lets it send one advert a second.
    /// </summary>
    internal static uint UsedSequences => (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>At the role's start: what stays is set, and the interfaces are opened; the machine is not started.</summary>
    internal void Open(Instant now, List<VrrpAction> actions)
    {
        _means.Poll.Add(Network.Descriptor, NetworkToken);
        Prepare(now, [], actions);
        Interfaces.RefreshAll(actions);
    }

    /// <summary>Takes the former one's place: a master goes on, and no other notices.</summary>
    internal void TakeOver(Station former, Instant now, List<VrrpAction> actions)
    {
        ImmutableArray<HandOverNote.HeldInstance> held = former.Held(instance => instance.HoldsAddresses);
        _means.Outbox.Router = Settings.Router;
        if (Network != former.Network)
        {
            _means.Poll.Add(Network.Descriptor, NetworkToken);
        }

        Links.TakeOver(former.Links);
        Runner.Continue(now, former.Runner);
        Extra.Continue(former.Extra);
        Prepare(now, Holders, actions);
        Interfaces.RefreshAll(actions);
        bool[] isPlacedAnew = [.. Router.Instances.Select(instance => IsPlacedAnew(instance, former))];

        // The kernel may have kept us waiting: a master may have overslept meanwhile.
        now = MonotonicClock.NowWithSuspend;
        Router.Settle(now, isPlacedAnew, actions);
        Runner.Run(actions);
        foreach (VrrpInstance instance in Router.Instances.Where(instance => isPlacedAnew[instance.Index]))
        {
            AnnounceAdded(now, instance, former);
        }

        Withdraw(held);
        _means.Leftovers.Add(now, former.NotRemoved(dropped => !Router.Instances.Any(instance => instance.FormerIndex == dropped.Index)));

        // A packet socket that is closed waits until no processor is in the midst of a packet.
        using Deputy.Loan _ = _means.Deputy.Lend();
        former.Close(keepsNetwork: Network == former.Network);
    }

    /// <summary>Lets go of what a role or a station before this one held and this one does not.</summary>
    /// <param name="isAfterKill">Nobody has said what was held.</param>
    internal void Withdraw(ImmutableArray<HandOverNote.HeldInstance> held, bool isAfterKill = false)
    {
        using Deputy.Loan _ = _means.Deputy.Lend();
        StaticNetwork moving = Settings.Moving();
        if (isAfterKill)
        {
            Routing.RemoveRemains(moving);
        }

        new Withdrawal(Settings, Router, Firewall, _means).Carry(held);
        if (_means.Leftovers.Deadline is null)
        {
            _means.HostChanges.SetMoving(moving);
        }

        RemoveOthers();
    }

    /// <summary>Interfaces and kernel settings of a former role that nobody wants any more.</summary>
    private void RemoveOthers()
    {
        _virtualMacs.RemoveOthers(Runner.Routes);
        _means.HostChanges.Restore(name => _virtualMacs.Wants(name) || _secondaries.Wants(name));
    }

    /// <summary>The instances of which this holds, with where their things are.</summary>
    internal ImmutableArray<HandOverNote.HeldInstance> Held(Func<VrrpInstance, bool> isIt) =>
    [
        .. Router.Instances.Where(isIt).Select(instance => new HandOverNote.HeldInstance(
            instance.Settings,
            BindingOf(instance.Index),
            instance.SourceAddress,
            instance.State == VrrpState.Master ? Runner.SpokeAt(instance.Index) + instance.LeaseTime : Instant.Zero)),
    ];

    /// <summary>Addresses that instances should have let go of, and the kernel would not; each names its device.</summary>
    internal IEnumerable<VirtualAddress> NotRemoved(Func<VrrpInstance, bool> isAsked) =>
        AddressesOf(instance => instance is { AwaitsRetry: true, HoldsAddresses: false } && isAsked(instance));

    /// <summary>The same, and those that instances are about to let go of.</summary>
    internal IEnumerable<VirtualAddress> GivenUp() =>
        AddressesOf(instance => instance is { AwaitsRetry: true, HoldsAddresses: false } or { State: VrrpState.Leaving });

    private IEnumerable<VirtualAddress> AddressesOf(Func<VrrpInstance, bool> isIt) => Router.Instances
        .Where(isIt)
        .SelectMany(instance => Links.AddressesOf(instance.Index))
        .Select(placed => placed.Address with { Device = placed.Port.Name });

    internal InstanceBinding BindingOf(int instance) =>
        instance < Settings.Bindings.Length ? Settings.Bindings[instance] : new InstanceBinding();

    internal void ReconcileRouting(Instant now, List<VrrpAction> actions)
    {
        using (_means.Deputy.Lend())
        {
            Routing.Reconcile(now, Router);
        }

        TellGroups(actions);
    }

    /// <summary>The instances whose addresses are set.</summary>
    internal IEnumerable<int> Holders => Router.Instances.Where(instance => instance.HoldsAddresses).Select(instance => instance.Index);

    /// <summary>Whether this address is to be on the interface of that name now.</summary>
    internal bool Holds(string device, IpPrefix address) =>
        Settings.Static.Addresses.Any(kept => kept.Prefix == address && kept.Device == device)
        || Router.Instances.Any(instance => instance.HoldsAddresses && Links.AddressesOf(instance.Index).Any(
            placed => placed.Address.Prefix == address && placed.Port.Name == device));

    /// <summary>Nothing of it is left on the host.</summary>
    internal void End()
    {
        _means.Leftovers.Retry(MonotonicClock.NowWithSuspend, static (_, _) => false);
        Routing.End();
        Firewall.End();
        _virtualMacs.RemoveAll(Runner.Routes);
        _means.HostChanges.SetMoving(new StaticNetwork());
        _means.HostChanges.Restore(_ => false);
    }

    public void Dispose() => Close(keepsNetwork: false);

    // First: an instance may speak from an address that stays.
    private void Prepare(Instant now, IEnumerable<int> holders, List<VrrpAction> actions)
    {
        using (_means.Deputy.Lend())
        {
            foreach (NetworkLink link in Runner.Routes.Links())
            {
                Neighbours.LearnOwn(link.Mac);
            }

            Routing.Begin(now);
            _means.HostChanges.AddMoving(Settings.Moving());
            if (Firewall.Watched is { } watched)
            {
                _means.Poll.Add(watched, FirewallToken);
            }

            Firewall.Begin(holders);
        }

        TellGroups(actions);
    }

    private void TellGroups(List<VrrpAction> actions)
    {
        foreach ((string group, bool isWhole) in Routing.TakeGroups())
        {
            Router.OnTrackGroup(MonotonicClock.NowWithSuspend, group, isWhole, actions);
            Runner.Run(actions);
        }
    }

    private bool IsPlacedAnew(VrrpInstance instance, Station former) =>
        instance.FormerIndex is { } index && !BindingOf(instance.Index).PlacesTheSame(former.BindingOf(index));

    private void AnnounceAdded(Instant now, VrrpInstance instance, Station former)
    {
        LinkTable.PlacedAddress[] before = former.Links.AddressesOf(instance.FormerIndex!.Value);
        for (int i = 0; instance.State == VrrpState.Master && i < Math.Max(1, instance.Settings.GarpMasterRepeat); i++)
        {
            foreach (LinkTable.PlacedAddress placed in Links.AddressesOf(instance.Index))
            {
                if (!Array.Exists(before, known => known.IsSame(placed)))
                {
                    Runner.Announce(now, instance.Index, placed);
                }
            }
        }
    }

    private void Close(bool keepsNetwork)
    {
        Neighbours.Dispose();
        Runner.Dispose();
        Interfaces.CloseAll();
        Links.Dispose();
        _virtualMacs.Dispose();
        Routing.Dispose();
        Firewall.Dispose();
        if (!keepsNetwork)
        {
            Network.Dispose();
        }
    }
}
