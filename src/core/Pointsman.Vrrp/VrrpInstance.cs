using System.Collections.Immutable;
using System.Diagnostics;
using Pointsman.Base;
using Pointsman.Vrrp.Rivals;
using Pointsman.Wire;

namespace Pointsman.Vrrp;

// One virtual router on one interface: the state machine of RFC 3768 §6.4 with keepalived's additions. It belongs to the
// VrrpRouter, which alone calls it, on the one thread that owns the router; readers elsewhere take copies there.
//
// State changes only in the BecomeX methods. What a change means for the other members of the sync group is the
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

    private VrrpGroup? _group;
    private VrrpInstance? _former;
    private Instant? _retryAt;
    private Instant _spokeAt;
    private TimeSpan _wordHolds;

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
        Rivals = new RivalWatch(this);
        EffectivePriority = _trackers.EffectivePriority;
        MasterAdvertInterval = settings.AdvertInterval;
        AdvertTargets = settings.IsUnicast ? [.. settings.UnicastPeers.Select(peer => peer.Address)] : [settings.Group];
    }

    public int Index { get; }

    public VrrpInstanceSettings Settings { get; }

    public VrrpState State { get; private set; }

    /// <summary>To whom each advert goes: the multicast group, or the unicast peers.</summary>
    public ImmutableArray<IpAddress> AdvertTargets { get; }

    /// <summary>When <see cref="State"/> was entered.</summary>
    public Instant StateSince { get; private set; }

    /// <summary>The priority with its trackers' weights.</summary>
    public byte EffectivePriority { get; private set; }

    /// <summary>The address adverts are sent from; default while the interface has none.</summary>
    public IpAddress SourceAddress { get; private set; }

    /// <summary>The master we follow or are; default when unknown.</summary>
    public IpAddress MasterAddress { get; private set; }

    /// <summary>The last priority <see cref="MasterAddress"/> advertised.</summary>
    public byte MasterPriority { get; private set; }

    /// <summary>
    /// From one of the master's adverts to the next: Active_Adver_Interval of RFC 9568 §6.1. In version 2 it is ours always.
    /// </summary>
    public TimeSpan MasterAdvertInterval { get; private set; }

    public VrrpCounters Counters { get; private set; } = new();

    /// <summary>The directors heard so far.</summary>
    public IReadOnlyList<VrrpPeer> Peers => _hearing.Peers;

    public TimeSpan SkewTime => VrrpTimers.Skew(MasterPace, EffectivePriority);

    public TimeSpan MasterDownTime => VrrpTimers.MasterDown(MasterPace, EffectivePriority);

    /// <summary>
    /// How long the data path may hold the addresses after <c>Arm</c> or <c>RenewLease</c>: while leaving, only until the
    /// farewell is over, for a successor may stand up long before a whole lease is.
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

    /// <summary>The operator's order that it, or its sync group, is under.</summary>
    public VrrpOrder Order => Group.Order;

    /// <summary>Its time as backup is out, and it waits for the other members of its sync group.</summary>
    public bool WantsMaster { get; private set; }

    internal Instant? Deadline => Instant.Earlier(
        Instant.Earlier(Timer, Rivals.Deadline), Instant.Earlier(_announcer.Deadline, _retryAt));

    /// <summary>When the state's own time is out.</summary>
    internal Instant? Timer { get; set; }

    internal InstanceReports Reports { get; }

    internal RivalWatch Rivals { get; }

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

    private bool HasSource => SourceAddress.Family == Settings.Family;

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
        State = former.State;
        StateSince = former.StateSince;
        EffectivePriority = former.EffectivePriority;
        SourceAddress = former.SourceAddress;
        MasterAddress = former.MasterAddress;
        MasterPriority = former.MasterPriority;
        WantsMaster = former.WantsMaster;
        DelayedUntil = former.DelayedUntil;
        Timer = former.Timer;
        Counters = former.Counters;
        _retryAt = former._retryAt;
        _spokeAt = former._spokeAt;
        _wordHolds = former._wordHolds;
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
            Reassert(now, actions);
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

    /// <summary>Takes in a script's result; the caller lets the group reconsider.</summary>
    internal void OnTrackResult(Instant now, string script, bool isUp, List<VrrpAction> actions)
    {
        _trackers.SetScript(script, isUp);
        RefreshPriority(now, actions);
    }

    /// <summary>Takes in whether a process runs; the caller lets the group reconsider.</summary>
    internal void OnProcess(Instant now, string process, bool isUp, List<VrrpAction> actions)
    {
        _trackers.SetProcess(process, isUp);
        RefreshPriority(now, actions);
    }

    /// <summary>Takes in whether a group of static things is whole; the caller lets the group reconsider.</summary>
    internal void OnTrackGroup(string group, bool isWhole) => _trackers.SetGroup(group, isWhole);

    /// <summary>Takes in how BFD finds a path; the caller lets the group reconsider.</summary>
    internal void OnPath(Instant now, string path, bool isUp, List<VrrpAction> actions)
    {
        _trackers.SetPath(path, isUp);
        RefreshPriority(now, actions);
    }

    /// <summary>Takes in the number of a file; the caller lets the group reconsider.</summary>
    internal void OnFile(Instant now, string file, int number, List<VrrpAction> actions)
    {
        _trackers.SetFile(file, number);
        RefreshPriority(now, actions);
    }

    /// <summary>Takes in a link's state; the caller lets the group reconsider.</summary>
    internal void OnLink(Instant now, string interfaceName, bool isUp, List<VrrpAction> actions)
    {
        _trackers.SetLink(interfaceName, isUp);
        RefreshPriority(now, actions);
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

    /// <summary>Its last word is older than it was good for.</summary>
    internal bool HasFallenSilent(Instant now) => now - _spokeAt >= _wordHolds;

    internal TimeSpan SilentFor(Instant now) => now - _spokeAt;

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

    // ---- state changes

    /// <summary>Order: advert, addresses, lease, announcement - the old master lets go before the ARP caches turn.</summary>
    internal void BecomeMaster(Instant now, VrrpEvent cause, List<VrrpAction> actions)
    {
        Invariant.That(State != VrrpState.Master, "a master is not made twice");
        VrrpState from = State;
        State = VrrpState.Master;
        StateSince = now;
        WantsMaster = false;
        DelayedUntil = null;
        _master.Begin(inSilence: !_hearing.HeardWithin(LeaseTime, now));
        MasterAddress = SourceAddress;
        MasterPriority = EffectivePriority;
        MasterAdvertInterval = Settings.AdvertInterval;
        Counters.BecameMaster++;

        SendAdvert(now, EffectivePriority, actions);
        Timer = now + Settings.AdvertInterval;
        ReportChange(from, cause, actions);
        Reports.Add(new VrrpEvent(VrrpEventKind.SettingAddresses, Index), actions);
        actions.Add(VrrpAction.AddAddresses(Index));
        actions.Add(VrrpAction.Arm(Index));
        _announcer.Begin(now, actions);
    }

    internal void BecomeBackup(Instant now, VrrpEvent cause, List<VrrpAction> actions)
    {
        VrrpState from = State;
        State = VrrpState.Backup;
        StateSince = now;
        WantsMaster = false;
        MasterAddress = cause.Source;
        MasterPriority = (byte)cause.Theirs;
        Timer = (DelayedUntil > now ? DelayedUntil.Value : now) + MasterDownTime;
        _backup.Begin();
        Release(from, actions);
        ReportChange(from, cause, actions);
    }

    internal void BecomeFault(Instant now, VrrpEvent cause, List<VrrpAction> actions)
    {
        Invariant.That(State != VrrpState.Fault, "a fault is entered once");
        VrrpState from = State;
        State = VrrpState.Fault;
        StateSince = now;
        WantsMaster = false;
        Forget();
        MasterAdvertInterval = Settings.AdvertInterval;
        Timer = null;

        // Over a dead link, or without an address, there is nobody to tell.
        if (from == VrrpState.Master && _trackers.OwnLinkIsUp && HasSource)
        {
            SendAdvert(now, priority: 0, actions);
        }

        Release(from, actions);
        ReportChange(from, cause, actions);
    }

    /// <summary>Keeps addresses and lease: the clients are served until the successor takes them.</summary>
    internal void BecomeLeaving(Instant now, VrrpEvent cause, List<VrrpAction> actions)
    {
        Invariant.That(State == VrrpState.Master, "only a master takes its leave");
        VrrpState from = State;
        State = VrrpState.Leaving;
        StateSince = now;
        Timer = now + VrrpTimers.Farewell(Settings.Pace);
        _announcer.Stop();
        SendAdvert(now, priority: 0, actions);
        actions.Add(VrrpAction.RenewLease(Index));
        ReportChange(from, cause, actions);
    }

    internal void BecomeInitialize(Instant now, VrrpEvent cause, List<VrrpAction> actions)
    {
        VrrpState from = State;
        State = VrrpState.Initialize;
        StateSince = now;
        WantsMaster = false;
        Forget();
        MasterAdvertInterval = Settings.AdvertInterval;
        Timer = null;
        _trackers.UnknownScriptsAreUp = false;
        Release(from, actions);
        ReportChange(from, cause, actions);
    }

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

    /// <summary>Whether an advert was heard so short a time ago.</summary>
    internal bool HeardWithin(TimeSpan span, Instant now) => _hearing.HeardWithin(span, now);

    /// <summary>Lets go of the addresses, for another answers for them.</summary>
    internal void YieldToRival(Instant now, string rival, IpAddress address, List<VrrpAction> actions)
    {
        BecomeBackup(now, Because(VrrpReason.RivalAnswers) with { Subject = rival, Address = address }, actions);
        Group.OnConceded(now, this, actions);
    }

    internal void SayLastWord(Instant now, List<VrrpAction> actions)
    {
        if (State == VrrpState.Master)
        {
            _master.SayLastWord(now, actions);
        }
    }

    /// <summary>Makes the world agree with a state in which nothing is held, whatever a former run has left.</summary>
    internal void ClearLeftovers(List<VrrpAction> actions)
    {
        actions.Add(VrrpAction.Disarm(Index));
        actions.Add(VrrpAction.RemoveAddresses(Index));
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

    internal void SendAdvert(Instant now, byte priority, List<VrrpAction> actions)
    {
        _spokeAt = now;
        _wordHolds = VrrpTimers.Lease(Settings.Pace);
        Counters.AdvertsSent++;
        actions.Add(VrrpAction.SendAdvert(Index, priority));
        if (priority == 0)
        {
            Counters.PriorityZeroSent++;
            Reports.Add(new VrrpEvent(VrrpEventKind.PriorityZeroSent, Index), actions);
        }
    }

    // ---- leaves

    private void HearAsLeaving(Instant now, IpAddress source, byte priority, List<VrrpAction> actions)
    {
        if (priority != 0)
        {
            Group.OnSuccessor(now, this, Because(VrrpReason.SuccessorHeard) with { Source = source, Theirs = priority }, actions);
        }
    }

    /// <summary>Lets go of what a master holds: the lease first, so that nothing is balanced that is not ours.</summary>
    private void Release(VrrpState from, List<VrrpAction> actions)
    {
        if (from is not (VrrpState.Master or VrrpState.Leaving))
        {
            return;
        }

        _announcer.Stop();
        Counters.ReleasedMaster++;
        actions.Add(VrrpAction.Disarm(Index));
        Reports.Add(new VrrpEvent(VrrpEventKind.RemovingAddresses, Index), actions);
        actions.Add(VrrpAction.RemoveAddresses(Index));
    }

    /// <summary>Asks once more for what the state implies, after something of it failed.</summary>
    private void Reassert(Instant now, List<VrrpAction> actions)
    {
        if (!HoldsAddresses)
        {
            ClearLeftovers(actions);
            return;
        }

        // No lease without a word: it would outlive the time in which the others take silence for death.
        if (State == VrrpState.Master)
        {
            _master.AdvertiseNow(now, actions);
        }

        actions.Add(VrrpAction.AddAddresses(Index));
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

    private void ReportChange(VrrpState from, VrrpEvent cause, List<VrrpAction> actions)
    {
        Reports.Add(cause with { From = from, To = State }, actions);
        Rivals.OnState(StateSince, actions);
    }
}
