using System.Collections.Immutable;
using System.Diagnostics;
using Pointsman.Base;
using Pointsman.Vrrp.Rivals;
using Pointsman.Wire;

namespace Pointsman.Vrrp;

// One virtual router on one interface: the state machine of RFC 3768 §6.4 with keepalived's additions. It belongs to the
// VrrpRouter, which alone calls it, on the one thread that owns the router; readers elsewhere take copies there.
//
// State changes in StateChanges alone. What a change means for the other members of the sync group is the
// VrrpGroup's affair: the instance tells it of a wish (OnWish) or a concession (OnConceded) and is moved by it.
//
// What is done in a state is said by BackupConduct and MasterConduct; what counts as heard, by AdvertHearing; when addresses
// are announced, by the Announcer. One timer serves each state: Backup waits for silence, Master for its next advert, Leaving for the end of its farewell.

/// <summary>One VRRP instance, as it stands. Times are those of the router's last input.</summary>
public sealed class VrrpInstance
{
    // What failed for lack of a resource or against a foreign change is tried again this much later.
    private static readonly TimeSpan RetryTime = TimeSpan.FromSeconds(1);

    private readonly VrrpTrackers _trackers;
    private readonly OwnAdvert _advert;
    private readonly AdvertHearing _hearing;
    private readonly Announcer _announcer;
    private readonly BackupConduct _backup;
    private readonly MasterConduct _master;
    private readonly LastWord _word;

    private VrrpGroup? _group;
    private VrrpInstance? _former;
    private Instant? _retryAt;

    internal VrrpInstance(int index, VrrpInstanceSettings settings, bool weightsCount)
    {
        Invariant.That(settings.VirtualRouterId > 0 && settings.Priority > 0, "router id and priority are 1..255");
        Invariant.That(settings.AdvertInterval > TimeSpan.Zero, "the advert interval is above zero");
        Invariant.That(
            settings.VirtualAddresses.Length <= VrrpAdvert.MaxAddressCount, "an advert carries at most 255 addresses");
        Invariant.That(settings.Version == 3 || settings.Family == IpFamily.V4, "over IPv6 there is version 3 only");
        Invariant.That(settings.Version == 2 || settings.AuthPass is null, "version 3 has no authentication");

        Index = index;
        Settings = settings;
        Reports = new InstanceReports(index);
        _trackers = new VrrpTrackers(settings, weightsCount);
        _advert = new OwnAdvert(settings);
        _hearing = new AdvertHearing(this, _advert);
        _announcer = new Announcer(index, settings);
        _backup = new BackupConduct(this);
        _master = new MasterConduct(this);
        _word = new LastWord(this);
        Changes = new StateChanges(this, _trackers, _announcer, _word, _backup, _master);
        Rivals = new RivalWatch(this);
        EffectivePriority = _trackers.EffectivePriority;
        MasterAdvertInterval = settings.AdvertInterval;
        AdvertTargets = settings.IsUnicast ? [.. settings.UnicastPeers.Select(peer => peer.Address)] : [settings.Group];
    }

    public int Index { get; }

    public VrrpInstanceSettings Settings { get; }

    public VrrpState State => Changes.State;

    /// <summary>To whom each advert goes: the multicast group, or the unicast peers.</summary>
    public ImmutableArray<IpAddress> AdvertTargets { get; }

    /// <summary>When <see cref="State"/> was entered.</summary>
    public Instant StateSince => Changes.StateSince;

    /// <summary>The priority with its trackers' weights.</summary>
    public byte EffectivePriority { get; private set; }

    /// <summary>The address adverts are sent from; default while the interface has none.</summary>
    public IpAddress SourceAddress { get; private set; }

    /// <summary>The master we follow or are; default when unknown.</summary>
    public IpAddress MasterAddress { get; internal set; }

    /// <summary>The last priority <see cref="MasterAddress"/> advertised.</summary>
    public byte MasterPriority { get; internal set; }

    /// <summary>
    /// From one of the master's adverts to the next: Active_Adver_Interval of RFC 9568 §6.1. In version 2 it is ours always.
    /// </summary>
    public TimeSpan MasterAdvertInterval { get; internal set; }

    public VrrpCounters Counters { get; private set; } = new();

    /// <summary>The directors heard so far.</summary>
    public IReadOnlyList<VrrpPeer> Peers => _hearing.Peers;

    public TimeSpan SkewTime => VrrpTimers.Skew(MasterPace, EffectivePriority);

    public TimeSpan MasterDownTime => VrrpTimers.MasterDown(MasterPace, EffectivePriority);

    /// <summary>
    /// How long after its last advert the data path may hold the addresses: while leaving, only until the farewell is over,
    /// for a successor may stand up long before a whole lease is.
    /// </summary>
    public TimeSpan LeaseTime =>
        State == VrrpState.Leaving ? VrrpTimers.Farewell(Settings.Pace) : VrrpTimers.Lease(Settings.Pace);

    /// <summary>
    /// How long the data path may go on forwarding what comes to the addresses, unless it sees a successor announce
    /// itself: when all processes of a master die, clients are served until somebody stands up.
    /// </summary>
    public TimeSpan ForwardingTime =>
        State == VrrpState.Leaving ? LeaseTime : LeaseTime + VrrpTimers.Farewell(Settings.Pace);

    /// <summary>Another master that does not take part in our election, as far as it is seen; or null.</summary>
    public RivalSighting? Rival => Rivals.Sighting;

    /// <summary>The virtual addresses are ours to serve.</summary>
    public bool HoldsAddresses => State is VrrpState.Master or VrrpState.Leaving;

    /// <summary>Something it asked for could not be done, and it will ask again.</summary>
    public bool AwaitsRetry => _retryAt is not null;

    /// <summary>The operator's order that it, or its sync group, is under.</summary>
    public VrrpOrder Order => Group.Order;

    /// <summary>Its time as backup is out, and it waits for the other members of its sync group.</summary>
    public bool WantsMaster { get; internal set; }

    internal Instant? Deadline => Instant.Earlier(
        Instant.Earlier(Timer, Rivals.Deadline), Instant.Earlier(_announcer.Deadline, _retryAt));

    /// <summary>When the state's own time is out.</summary>
    internal Instant? Timer { get; set; }

    internal InstanceReports Reports { get; }

    /// <summary>What is tracked: who tells it something lets the priority follow (<see cref="RefreshPriority"/>) and the group reconsider.</summary>
    internal VrrpTrackers Trackers => _trackers;

    internal RivalWatch Rivals { get; }

    internal StateChanges Changes { get; }

    /// <summary>Until then nothing is heard, and nobody stands up.</summary>
    internal Instant? DelayedUntil { get; set; }

    /// <summary>
    /// keepalived resets <c>nopreempt</c> where the state is MASTER; RFC 3768 §6.1, RFC 9568 §6.1: who owns the addresses
    /// takes them, whatever the settings say of preemption.
    /// </summary>
    internal bool LeavesLowerMastersInPeace => Group.Order switch
    {
        VrrpOrder.StandAside => true,
        VrrpOrder.TakeOver => false,
        _ => Settings is { Nopreempt: true, StartsAsMaster: false } && !IsOwner,
    };

    internal bool FollowsLowerMaster => State == VrrpState.Backup && MasterPriority > 0 && MasterPriority < EffectivePriority;

    internal bool IsFaulty => !HasSource || Settings.LacksPeers || _trackers.TryFindFault(out _, out _);

    /// <summary>The pace of the master we follow, by which its silence is measured.</summary>
    internal AdvertPace MasterPace => Settings.Pace with { Interval = MasterAdvertInterval };

    internal string? AwaitedScript => _trackers.AwaitedScript;

    /// <summary>RFC 3768 §6.4.1: the owner of the addresses does not wait.</summary>
    internal bool IsOwnerFromStart => IsOwner && Settings.StartsAsMaster;

    private bool IsOwner => EffectivePriority == 255;

    internal bool HasSource => SourceAddress.Family == Settings.Family;

    /// <summary>Its index among the instances with the settings before these; null: it was not there.</summary>
    public int? FormerIndex { get; private set; }

    /// <summary>The group it was in with the settings before these; only until they have taken effect.</summary>
    internal VrrpGroup? FormerGroup => _former?.Group;

    internal VrrpGroup Group => _group ?? throw new UnreachableException("every instance is in a group");

    /// <summary>Goes on where an instance with other settings was; until <see cref="GoOn"/> nothing is decided.</summary>
    internal void Continue(Instant now, VrrpInstance former)
    {
        _former = former;
        FormerIndex = former.Index;
        Changes.Continue(former.Changes);
        EffectivePriority = former.EffectivePriority;
        SourceAddress = former.SourceAddress;
        MasterAddress = former.MasterAddress;
        MasterPriority = former.MasterPriority;
        WantsMaster = former.WantsMaster;
        DelayedUntil = former.DelayedUntil;
        Timer = former.Timer;
        Counters = former.Counters;
        _retryAt = former._retryAt;
        _word.Continue(former._word);
        Reports.Continue(former.Reports);
        _trackers.Continue(former._trackers);
        _advert.Continue(former._advert);
        _hearing.Continue(former._hearing);
        _backup.Continue(former._backup);
        _master.Continue(former._master);

        // RFC 9568 §6.4.2: the master we follow has said its interval, and may not be told otherwise before a while.
        bool wasTold = MasterAddress != default || former.MasterAdvertInterval != former.Settings.AdvertInterval;
        bool keepsPace = State == VrrpState.Backup && wasTold && Settings.Version == 3 && former.Settings.Version == 3;
        MasterAdvertInterval = keepsPace ? former.MasterAdvertInterval : Settings.AdvertInterval;
        _announcer.Continue(now, former._announcer, isMaster: State == VrrpState.Master);
        Rivals.Continue(now, former.Rivals);
    }

    /// <summary>
    /// The settings are others, and what the host tells is told: times and priority follow. What a master says now, if it is
    /// not what it said, it says at once, so that no silence of the others' is measured by the former pace.
    /// </summary>
    /// <param name="isPlacedAnew">What it holds as master stands elsewhere, is more, or has another lease.</param>
    internal void GoOn(Instant now, bool isPlacedAnew, List<VrrpAction> actions)
    {
        if (_former is not { } former)
        {
            return;
        }

        _former = null;
        RefreshPriority(now, actions);
        if (former.MasterPace != MasterPace && State == VrrpState.Backup && Timer is not null)
        {
            Timer = now + MasterDownTime;
        }

        if (State == VrrpState.Master && (isPlacedAnew || former.EffectivePriority != EffectivePriority || !_advert.Says(former._advert)))
        {
            _master.AdvertiseNow(now, actions);
        }

        if (isPlacedAnew && HoldsAddresses)
        {
            actions.Add(VrrpAction.AddAddresses(Index));
            if (State == VrrpState.Master)
            {
                actions.Add(VrrpAction.Arm(Index));
                _announcer.AnnounceAdded(now, former.Settings.VirtualAddresses, actions);
            }
        }

        // Another name is another instance to whoever looks for its name.
        if (former.Settings.Name != Settings.Name && State != VrrpState.Initialize)
        {
            Reports.Add(Because(VrrpReason.Resumed) with { From = VrrpState.Initialize, To = State }, actions);
        }
    }

    internal void Join(VrrpGroup group) => _group = group;

    /// <summary>Whether a packet is sent the way this instance's adverts are: to its group, or to its address.</summary>
    internal bool Addresses(in PacketPath path) =>
        Settings.IsUnicast ? path.Destination == SourceAddress : path.Destination == Settings.Group;

    // ---- inputs

    internal void OnAdvert(Instant now, in ReceivedAdvert packet, List<VrrpAction> actions)
    {
        if (State is VrrpState.Initialize or VrrpState.Fault || now < DelayedUntil)
        {
            Counters.Discard(VrrpDiscardReason.NotListening);
            return;
        }

        // RFC 9568 §6.4.3 lets the owner win in any case; keepalived may be told that it does not even look.
        if (State == VrrpState.Master && Settings is { OwnerIgnoresAdverts: true, Priority: byte.MaxValue })
        {
            Counters.Discard(VrrpDiscardReason.NotListening);
            return;
        }

        if (!_hearing.TryHear(now, packet, out VrrpAdvert advert, actions))
        {
            return;
        }

        switch (State)
        {
            case VrrpState.Backup: _backup.Hear(now, packet.Source, advert.Priority, actions); break;
            case VrrpState.Master: _master.Hear(now, packet.Source, advert.Priority, actions); break;
            case VrrpState.Leaving: HearAsLeaving(now, packet.Source, advert.Priority, actions); break;
            case VrrpState.Initialize:
            case VrrpState.Fault: throw new UnreachableException("left above");
            default: throw new UnreachableException();
        }
    }

    internal void OnDeadline(Instant now, List<VrrpAction> actions)
    {
        _announcer.OnDeadline(now, actions);
        Rivals.OnDeadline(now, actions);
        if (_retryAt <= now)
        {
            _retryAt = null;
            Changes.Reassert(now, actions);
        }

        if (Timer is not { } due || now < due)
        {
            return;
        }

        switch (State)
        {
            case VrrpState.Backup: _backup.EndOfSilence(now, due, actions); break;
            case VrrpState.Master: _master.Advertise(now, due, actions); break;
            case VrrpState.Leaving: Group.OnFarewellOver(now, this, actions); break;
            case VrrpState.Initialize:
            case VrrpState.Fault: throw new UnreachableException("no timer runs in Initialize or Fault");
            default: throw new UnreachableException();
        }
    }

    internal void AdvertiseIfDue(Instant now, List<VrrpAction> actions)
    {
        if (Timer is { } due && due <= now)
        {
            _master.Advertise(now, due, actions);
        }
    }

    /// <summary>Takes in the own address; the caller lets the group reconsider.</summary>
    internal void OnSourceAddress(IpAddress address) => SourceAddress = address;

    internal void OnActionFailed(Instant now, VrrpActionKind failed, int errno, List<VrrpAction> actions)
    {
        Counters.ActionsFailed++;
        if (failed is VrrpActionKind.AddAddresses or VrrpActionKind.RemoveAddresses
            or VrrpActionKind.Arm or VrrpActionKind.RenewLease or VrrpActionKind.Disarm)
        {
            _retryAt = now + RetryTime;
        }

        Reports.AddNowAndThen(
            now, new VrrpEvent(VrrpEventKind.ActionFailed, Index) { FailedAction = failed, Errno = errno }, actions);
    }

    /// <summary>Whether a master has been silent for so long that another may have taken its place.</summary>
    internal bool IsOverslept(Instant now) => State == VrrpState.Master && HasFallenSilent(now);

    internal bool HasFallenSilent(Instant now) => _word.HasFaded(now);

    /// <summary>How long ago its last advert was asked for: by so much less a lease that is granted now lasts.</summary>
    public TimeSpan SilentFor(Instant now) => _word.SilentFor(now);

    internal void AssumeUnknownScriptsUp(Instant now, List<VrrpAction> actions)
    {
        _trackers.UnknownScriptsAreUp = true;
        RefreshPriority(now, actions);
    }

    /// <summary>Writes the IP packet of an advert of this priority; returns the number of bytes.</summary>
    internal int WriteAdvertPacket(IpAddress destination, byte priority, Span<byte> target)
    {
        Invariant.That(HasSource, "an advert is sent from an address");
        return _advert.Write(new PacketPath(SourceAddress, destination), priority, target);
    }

    /// <summary>Sequence numbers up to this one are taken for used.</summary>
    internal void SkipSequenceTo(uint used) => _advert.Sequence.SkipTo(used);

    // ---- what the group asks

    internal VrrpEvent Because(VrrpReason reason) => new(VrrpEventKind.StateChanged, Index) { Reason = reason };

    /// <summary>The cause of a fault; only while <see cref="IsFaulty"/>.</summary>
    internal VrrpEvent BecauseOfFault()
    {
        if (_trackers.TryFindFault(out VrrpReason reason, out string? subject))
        {
            return Because(reason) with { Subject = subject };
        }

        return HasSource
            ? Because(VrrpReason.NoPeers)
            : Because(VrrpReason.NoSourceAddress) with { Subject = Settings.Interface };
    }

    internal void WinBack(Instant now, List<VrrpAction> actions) => _announcer.WinBack(now, actions);

    /// <summary>Another is heard: its last advert is no older than a master's word is good for, by its pace or ours, whichever is slower.</summary>
    internal bool HearsAnother(Instant now)
    {
        TimeSpan slower = _hearing.LastInterval > Settings.AdvertInterval ? _hearing.LastInterval : Settings.AdvertInterval;
        return _hearing.HeardWithin(VrrpTimers.Lease(Settings.Pace with { Interval = slower }), now);
    }

    /// <summary>Lets go of the addresses, for another answers for them.</summary>
    internal void YieldToRival(Instant now, string rival, IpAddress address, List<VrrpAction> actions)
    {
        Changes.BecomeBackup(now, Because(VrrpReason.RivalAnswers) with { Subject = rival, Address = address }, actions);
        Group.OnConceded(now, this, actions);
    }

    internal void SayLastWord(Instant now, List<VrrpAction> actions)
    {
        if (State == VrrpState.Master)
        {
            _master.SayLastWord(now, actions);
        }
    }

    // ---- what the conducts ask

    /// <summary>RFC 9568 §6.4.2 and §6.4.3: a backup's time is measured by the interval its master says.</summary>
    internal void TakeMasterInterval() => MasterAdvertInterval = _hearing.LastInterval;

    internal void Follow(IpAddress master, byte priority)
    {
        WantsMaster = false;
        MasterAddress = master;
        MasterPriority = priority;
    }

    internal void Forget()
    {
        MasterAddress = default;
        MasterPriority = 0;
    }

    internal void WishForMaster(Instant now, List<VrrpAction> actions)
    {
        Timer = null;
        WantsMaster = true;
        Group.OnWish(now, this, actions);
    }

    internal void SendAdvert(Instant now, byte priority, List<VrrpAction> actions) => _word.Send(now, priority, actions);

    // ---- leaves

    private void HearAsLeaving(Instant now, IpAddress source, byte priority, List<VrrpAction> actions)
    {
        if (priority != 0)
        {
            Group.OnSuccessor(now, this, Because(VrrpReason.SuccessorHeard) with { Source = source, Theirs = priority }, actions);
        }
    }

    /// <summary>What is tracked, or how it stands, has changed.</summary>
    internal void RefreshPriority(Instant now, List<VrrpAction> actions)
    {
        byte before = EffectivePriority;
        TimeSpan skewBefore = SkewTime;
        EffectivePriority = _trackers.EffectivePriority;
        if (before == EffectivePriority)
        {
            return;
        }

        Reports.Add(
            new VrrpEvent(VrrpEventKind.PriorityChanged, Index) { Theirs = before, Ours = EffectivePriority }, actions);
        if (State == VrrpState.Backup && Timer is { } due)
        {
            Instant retimed = due + (SkewTime - skewBefore);
            Timer = retimed > now ? retimed : now;
        }
    }
}
