using System.Collections.Immutable;
using System.Diagnostics;
using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;
using Pointsman.Wire;

namespace Pointsman.VirtualRouter.Loop;

/* The real-time thread of the VRRP role. It owns the machine, the sockets, the addresses and the leases; nobody else
   touches them. Commands come by the inbox, events go by the outbox, each with a thread of its own, so that no parsing,
   wording or full pipe is waited for here.

   One turn: wait; take in commands, changes of interfaces, and packets until the sockets are dry; then what is due. After
   each input the machine's actions are carried out before the next input is looked at. */

/// <summary>Runs the machine against this host's interfaces.</summary>
internal sealed class RoleLoop : IDisposable
{
    private const uint TimerToken = 0;
    private const uint InboxToken = 1;
    private const uint NetworkToken = 2;
    private const uint ArpToken = 3;
    private const uint FirstPortToken = 4;

    // One turn takes at most this many packets of an interface: a flood must not keep the deadlines waiting.
    private const int PacketsPerTurn = 256;
    private const int MaxPacketBytes = 2048;

    // An interface whose sockets could not be opened is tried again this much later.
    private static readonly TimeSpan RetryTime = TimeSpan.FromSeconds(1);

    // An interface without an address to send from is a fault only after this; shorter than any lease at common intervals.
    private static readonly TimeSpan SourceGrace = TimeSpan.FromMilliseconds(500);

    private readonly VirtualRouterSettings _settings;
    private readonly CommandInbox _inbox;
    private readonly EventOutbox _outbox;
    private readonly IOwnershipLeases _leases;
    private readonly VrrpRouter _router;
    private readonly SecondaryPromotion _secondaries;
    private readonly LinkTable _links;
    private readonly HostChanges _hostChanges;
    private readonly VirtualMacKeeper _virtualMacs;
    private readonly RoutingKeeper _routing;
    private readonly Firewall _firewall;
    private readonly ActionRunner _runner;
    private readonly AddressKeeper _keeper;
    private readonly ExtraAnnouncer _extra;
    private readonly Instant?[] _sourceLostAt;
    private readonly ArpEar _arp;
    private readonly Action<IpAddress, MacAddress> _onArp;
    private readonly NetworkMonitor _network;
    private readonly DeadlineTimer _timer = new();
    private readonly EventPoll _poll = new();
    private readonly List<VrrpAction> _actions = new(64);
    private readonly List<NetworkEvent> _changes = [];
    private readonly byte[] _packet = GC.AllocateUninitializedArray<byte>(MaxPacketBytes, pinned: true);

    private Instant? _timerSetTo;
    private Instant? _orphanUntil;
    private Instant? _reopenAt;
    private bool _handsOver;
    private bool _isYielding;
    private readonly bool[] _foundNoSuccessor;
    private long _unknownRouterIds;
    private long _malformedPackets;
    private long _snapshotBytes;
    private TimeSpan _worstLateness;

    internal RoleLoop(VirtualRouterSettings settings, CommandInbox inbox, EventOutbox outbox, IOwnershipLeases leases)
    {
        _settings = settings;
        _inbox = inbox;
        _outbox = outbox;
        _leases = leases;
        _router = new VrrpRouter(settings.Router);
        _secondaries = new SecondaryPromotion(settings);
        _router.SkipSequencesTo(UsedSequences);
        _foundNoSuccessor = new bool[_router.Instances.Length];
        _links = new LinkTable(settings);
        _hostChanges = HostChanges.Open(settings.RunDirectory);
        _virtualMacs = new VirtualMacKeeper(settings, _hostChanges, outbox);
        _routing = new RoutingKeeper(settings, _hostChanges, outbox);
        _firewall = new Firewall(settings, _links, _hostChanges, outbox);
        _network = new NetworkMonitor(NetworkTopics.Links | NetworkTopics.Addresses | _routing.Topics);
        _runner = new ActionRunner(settings, _router, _links, _routing, _firewall, leases, outbox);
        _extra = new ExtraAnnouncer(settings, _router, _links, _runner);
        _keeper = new AddressKeeper(_links, _runner, outbox);
        _sourceLostAt = new Instant?[_router.Instances.Length];
        _arp = new ArpEar(_links, _poll, ArpToken);
        _onArp = OnArp;
        _poll.Add(_timer.Descriptor, TimerToken);
        _poll.Add(_inbox.Wake.Descriptor, InboxToken);
        _poll.Add(_network.Descriptor, NetworkToken);
    }

    /// <summary>Until everything is let go of, or left to the next role.</summary>
    internal void Run()
    {
        Start();
        while (!_handsOver && !_router.IsStopped)
        {
            SetTimer();
            int readyCount = _poll.Wait(timeoutMs: -1);
            for (int i = 0; i < readyCount; i++)
            {
                switch (_poll.Ready(i).Token)
                {
                    case TimerToken: _timer.Acknowledge(); break;
                    case InboxToken: TakeCommands(); break;
                    case NetworkToken: TakeChanges(); break;
                    default: break;      // a port: all are read below
                }
            }

            ReadPorts();
            _arp.Read(_onArp);
            ServeDeadlines();
        }

        if (!_handsOver)
        {
            _secondaries.Restore();
            _routing.End();
            _firewall.End();
            _virtualMacs.RemoveAll(_runner.Routes);
        }
    }

    public void Dispose()
    {
        _arp.Dispose();
        _runner.Dispose();
        _links.Dispose();
        _virtualMacs.Dispose();
        _routing.Dispose();
        _firewall.Dispose();
        _network.Dispose();
        _timer.Dispose();
        _poll.Dispose();
    }

    /// <summary>
    /// A role that was killed leaves no note of its last number, but version 2 lets it send one advert a second.
    /// </summary>
    internal static uint UsedSequences => (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private static Instant Now() => MonotonicClock.NowWithSuspend;

    private void Start()
    {
        HandOverNote? note = HandOverFile.Take(_settings.RunDirectory);
        foreach (HandOverNote.KnownPeer peer in note?.Peers ?? [])
        {
            _runner.Directors.Remember(peer, Now());
        }

        foreach (NetworkLink link in _runner.Routes.Links())
        {
            _arp.LearnOwn(link.Mac);
        }

        // First: an instance may speak from an address that stays.
        _routing.Begin(Now());
        _firewall.Begin();
        TellGroups();
        foreach (LinkPort port in _links.Ports)
        {
            Refresh(port);
        }

        Instant now = Now();
        bool[] resume = [.. _router.Instances.Select(instance => WasMaster(instance, note, now))];
        _outbox.Post(new RoleEvent.Started(
            Environment.ProcessId,
            [.. _router.Instances.Where(instance => resume[instance.Index]).Select(instance => instance.Settings.Name)]));
        _router.Start(now, resume, _actions, isContinued: note is not null);
        _runner.Run(_actions);
        foreach (HandOverNote.StandingOrder order in note?.Orders ?? [])
        {
            Obey(order.Instance, order.What);
        }

        // Only now: what the new configuration holds as well was never away.
        if (note is not null)
        {
            new Withdrawal(_settings, _router, _hostChanges, _firewall, _leases, _outbox).Carry(note.Held);
        }

        _virtualMacs.RemoveOthers(_runner.Routes);
    }

    // A note tells all that was held; without one, after a crash, an unexpired lease does.
    private bool WasMaster(VrrpInstance instance, HandOverNote? note, Instant now)
    {
        if (note is not null)
        {
            return note.Held.Any(held => held.Is(instance.Settings) && now < held.Until);
        }

        int? slot = instance.Index < _settings.Bindings.Length ? _settings.Bindings[instance.Index].LeaseSlot : null;
        return slot is not null && _leases.IsArmed(slot.Value);
    }

    // ---- deadlines

    private void SetTimer()
    {
        Instant? deadline = Instant.Earlier(_router.Deadline, Instant.Earlier(Instant.Earlier(_orphanUntil, _reopenAt), _keeper.Deadline));
        deadline = Instant.Earlier(deadline, Instant.Earlier(_runner.Directors.Deadline, _routing.Deadline));
        _extra.Serve(Now());
        deadline = Instant.Earlier(deadline, Instant.Earlier(_runner.Pacer.Deadline, _extra.Deadline));
        if (deadline != _timerSetTo)
        {
            _timer.Set(deadline);
            _timerSetTo = deadline;
        }
    }

    private void ServeDeadlines()
    {
        Instant now = Now();
        if (_router.Deadline is { } due && due <= now)
        {
            TimeSpan lateness = now - due;
            _worstLateness = lateness > _worstLateness ? lateness : _worstLateness;
            _router.OnDeadline(now, _actions);
            NoteFarewells();
            _runner.Run(_actions);
        }

        if (_isYielding && _router.IsStopped)
        {
            TakeUpAgain(now);
        }

        if (_reopenAt <= now || _keeper.TakeDeadline(now))
        {
            _reopenAt = null;
            foreach (LinkPort port in _links.Ports)
            {
                Refresh(port);
            }
        }

        _runner.AskForCards(now);
        _runner.Pacer.OnDeadline(now);
        if (_routing.Deadline <= now)
        {
            ReconcileRouting();
        }

        if (_orphanUntil <= now)
        {
            _orphanUntil = null;
            _isYielding = true;
            Stop();
        }
    }

    private void NoteFarewells()
    {
        foreach (VrrpAction action in _actions)
        {
            if (_isYielding && action is { Kind: VrrpActionKind.Report, Event.Reason: VrrpReason.FarewellOver })
            {
                _foundNoSuccessor[action.Instance] = true;
            }
        }
    }

    // Nobody checks servers here any more, but nobody else serves at all: an orphan that found no successor goes on, and
    // offers its place again later.
    private void TakeUpAgain(Instant now)
    {
        _isYielding = false;
        if (!Array.Exists(_foundNoSuccessor, found => found))
        {
            return;
        }

        _outbox.Note(isWarning: true, "no successor heard: serving on without a control process");
        _orphanUntil = now + _settings.OrphanGrace;
        _router.Start(now, _foundNoSuccessor, _actions);
        Array.Clear(_foundNoSuccessor);
        _runner.Run(_actions);
    }

    // ---- commands

    private void TakeCommands()
    {
        _inbox.Wake.Acknowledge();
        while (_inbox.TryTake(out RoleCommand? command))
        {
            switch (command)
            {
                case RoleCommand.TrackResult result:
                    _router.OnTrackResult(Now(), result.Name, result.IsUp, _actions);
                    _runner.Run(_actions);
                    break;
                case RoleCommand.ProcessResult process:
                    _router.OnProcess(Now(), process.Name, process.IsUp, _actions);
                    _runner.Run(_actions);
                    break;
                case RoleCommand.PathResult path:
                    _router.OnPath(Now(), path.Name, path.IsUp, _actions);
                    _runner.Run(_actions);
                    break;
                case RoleCommand.FileNumber file:
                    _router.OnFile(Now(), file.Name, file.Number, _actions);
                    _runner.Run(_actions);
                    break;
                case RoleCommand.Order order:
                    Obey(order.Instance, order.What);
                    break;
                case RoleCommand.Stop:
                    _isYielding = false;
                    _orphanUntil = null;
                    Stop();
                    break;
                case RoleCommand.TakeSnapshot:
                    PostSnapshot();
                    break;
                case RoleCommand.HandOver:
                    HandOver();
                    break;
                case RoleCommand.ParentGone:
                    _orphanUntil = Now() + _settings.OrphanGrace;
                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }

    private void Obey(string name, VrrpOrder order)
    {
        foreach (VrrpInstance instance in _router.Instances)
        {
            if (instance.Settings.Name == name && instance.Order != order)
            {
                _router.OnOrder(Now(), instance.Index, order, _actions);
                _runner.Run(_actions);
            }
        }
    }

    private void Stop()
    {
        // The machine takes a second stop for impatience.
        if (_router.IsStarted)
        {
            _router.Stop(Now(), _actions);
            _runner.Run(_actions);
        }
    }

    // Addresses and leases stay as they are; the next role finds its right to them in the note.
    private void HandOver()
    {
        ImmutableArray<HandOverNote.HeldInstance> held =
        [
            .. _router.Instances
                .Where(instance => instance.State == VrrpState.Master)
                .Select(instance => new HandOverNote.HeldInstance(
                    instance.Settings,
                    instance.Index < _settings.Bindings.Length ? _settings.Bindings[instance.Index] : new InstanceBinding(),
                    instance.SourceAddress,
                    _runner.SpokeAt(instance.Index) + instance.LeaseTime)),
        ];
        ImmutableArray<HandOverNote.StandingOrder> orders =
        [
            .. _router.Instances
                .Where(instance => instance.Order != VrrpOrder.None)
                .Select(instance => new HandOverNote.StandingOrder(instance.Settings.Name, instance.Order)),
        ];
        HandOverFile.Write(
            _settings.RunDirectory, new HandOverNote { Held = held, Peers = [.. _runner.Directors.All], Orders = orders });
        _handsOver = true;
    }

    // Telling how much was allocated allocates: that is not counted.
    private void PostSnapshot()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        _outbox.Post(new RoleEvent.SnapshotTaken(TakeSnapshot(before - _snapshotBytes)));
        _snapshotBytes += GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private RoleSnapshot TakeSnapshot(long allocatedBytes)
    {
        Instant now = Now();
        return new RoleSnapshot
        {
            ProcessId = Environment.ProcessId,
            Instances = [.. _router.Instances.Select(instance => SnapshotBuilder.Build(instance, now))],
            IsOrphan = _orphanUntil is not null,
            DroppedEvents = _outbox.Dropped,
            UnknownRouterIds = _unknownRouterIds,
            MalformedPackets = _malformedPackets,
            WorstLateness = _worstLateness,
            AllocatedBytes = allocatedBytes,
        };
    }

    // ---- interfaces

    private void TakeChanges()
    {
        _changes.Clear();
        _network.Receive(_changes);
        foreach (NetworkEvent change in _changes)
        {
            if (change is NetworkEvent.LinkChanged { Link: var link })
            {
                _arp.LearnOwn(link.Mac);
            }
        }

        foreach (LinkPort port in _links.Ports)
        {
            foreach (NetworkEvent change in _changes)
            {
                if (LinkTable.Concerns(port, change))
                {
                    Refresh(port);
                    break;
                }
            }
        }

        foreach (NetworkEvent change in _changes)
        {
            if (_routing.Concerns(change))
            {
                ReconcileRouting();
                break;
            }
        }
    }

    private void ReconcileRouting()
    {
        _routing.Reconcile(Now(), _router);
        TellGroups();
    }

    private void TellGroups()
    {
        foreach ((string group, bool isWhole) in _routing.TakeGroups())
        {
            _router.OnTrackGroup(Now(), group, isWhole, _actions);
            _runner.Run(_actions);
        }
    }

    /// <summary>Reads one interface anew and tells the machine.</summary>
    private void Refresh(LinkPort port)
    {
        MacAddress? macBefore = port.Mac;
        NetworkLink? link = port.Parent is null
            ? _runner.Routes.FindLink(port.Name)
            : _virtualMacs.Ensure(port, _runner.Routes);
        bool isSame = port.Update(link, link is null ? [] : _runner.Routes.Addresses(link.Index));
        if (!isSame || (link is not null && !port.SocketsAreOpen))
        {
            Reopen(port);
        }

        if (!isSame && link is not null && _secondaries.Apply(port.Name) is { } obstacle)
        {
            _outbox.Note(isWarning: true, obstacle);
        }

        if (!isSame || macBefore != port.Mac)
        {
            OpenArp(port);
        }

        _router.OnLink(Now(), port.Name, port.IsUsable && port.SocketsAreOpen, _actions);
        _runner.Run(_actions);
        foreach (VrrpInstance instance in _router.Instances)
        {
            if (_links.PortOf(instance.Index) == port)
            {
                RefreshSource(instance);
            }

            _keeper.Reconcile(Now(), instance, port);
        }

        foreach (LinkPort above in _links.Ports)
        {
            if (above.Parent == port && (!isSame || !above.IsUsable))
            {
                Refresh(above);
            }
        }
    }

    private void Reopen(LinkPort port)
    {
        foreach (PortSockets sockets in port.Sockets)
        {
            if (sockets.Listener is { } former)
            {
                _poll.Remove(former.Descriptor);
            }
        }

        port.CloseSockets();
        if (port.Index == 0)
        {
            return;
        }

        try
        {
            port.OpenSockets();
            foreach (PortSockets sockets in port.Sockets)
            {
                _poll.Add(sockets.Listener!.Descriptor, FirstPortToken);
            }
        }
        catch (ErrnoException refused)
        {
            port.CloseSockets();
            _reopenAt = Now() + RetryTime;
            _outbox.Note(isWarning: true, $"VRRP sockets on {port.Name}: {refused.Message}");
        }
    }

    // Without it, adverts are heard all the same: only another master is noticed less well.
    private void OpenArp(LinkPort port)
    {
        try
        {
            _arp.Open(port);
        }
        catch (ErrnoException refused)
        {
            _outbox.Note(isWarning: true, $"ARP on {port.Name} is not heard: {refused.Message}");
        }
    }

    private void RefreshSource(VrrpInstance instance)
    {
        IpAddress source = _links.SourceAddressOf(instance.Index, instance.Settings);
        if (source == instance.SourceAddress)
        {
            _sourceLostAt[instance.Index] = null;
        }

        if (source != instance.SourceAddress && !IsOnlyJustLost(instance, source))
        {
            _router.OnSourceAddress(Now(), instance.Index, source, _actions);
            _runner.Run(_actions);
        }
    }

    // A network manager that sets up an interface anew takes its addresses away and puts them back. Adverts go on meanwhile,
    // from the address the others know.
    private bool IsOnlyJustLost(VrrpInstance instance, IpAddress source)
    {
        ref Instant? lostAt = ref _sourceLostAt[instance.Index];
        if (source != default || instance.SourceAddress == default || !_links.PortOf(instance.Index).IsUsable)
        {
            lostAt = null;
            return false;
        }

        Instant now = Now();
        lostAt ??= now;
        Instant until = lostAt.Value + SourceGrace;
        if (now >= until)
        {
            lostAt = null;
            return false;
        }

        _reopenAt = Instant.Earlier(_reopenAt, until);
        return true;
    }

    // ---- packets

    private void ReadPorts()
    {
        foreach (LinkPort port in _links.Ports)
        {
            for (int i = 0; i < port.Sockets.Count; i++)
            {
                Read(port, port.Sockets[i]);
            }
        }
    }

    private void Read(LinkPort port, PortSockets sockets)
    {
        try
        {
            for (int i = 0; i < PacketsPerTurn && sockets.Listener is { } listener; i++)
            {
                if (!listener.TryReceive(_packet, out int lengthBytes, out PacketOrigin origin))
                {
                    break;
                }

                OnPacket(port, _packet.AsSpan(0, lengthBytes), origin);
            }
        }
        catch (ErrnoException down) when (down.Errno is Errno.NetworkDown or Errno.NoDevice)
        {
            // Said once by the socket; the kernel tells of the link by netlink as well.
            return;
        }
    }

    private void OnPacket(LinkPort port, ReadOnlySpan<byte> packet, in PacketOrigin origin)
    {
        if (origin.Kind == PacketKind.OtherHost)
        {
            return;      // somebody watches the wire with all packets let in
        }

        // An interface with a virtual MAC address has copies of what the one below hears; only what comes from that address
        // itself is given to it alone.
        if (port.Parent is not null && origin.SourceMac != port.Mac)
        {
            return;
        }

        if (VrrpPacket.TryParse(packet, out VrrpPacket vrrp) != VrrpPacketError.None)
        {
            _malformedPackets++;
            return;
        }

        ReceivedAdvert advert = ReceivedAdvert.From(vrrp, origin.SourceMac);
        if (_router.TryFindInstance(port.Base.Name, vrrp, out int instance))
        {
            _router.OnAdvert(Now(), instance, advert, _actions);
        }
        else
        {
            _unknownRouterIds++;
            _router.OnOtherRouterId(Now(), port.Base.Name, advert, _actions);
        }

        _runner.Run(_actions);
    }

    private void OnArp(IpAddress address, MacAddress mac)
    {
        _runner.Directors.OnArp(address, mac);
        _router.OnArp(Now(), address, mac, _actions);
        _runner.Run(_actions);
    }
}
