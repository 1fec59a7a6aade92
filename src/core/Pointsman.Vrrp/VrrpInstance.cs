using System.Diagnostics;
using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Vrrp;

// One virtual router on one interface: the state machine of RFC 3768 §6.4 with keepalived's additions. It belongs to the
// VrrpRouter, which alone calls it, on the one thread that owns the router; readers elsewhere take copies there.
//
// State changes only in the BecomeX methods. What a change means for the other members of the sync group is the
// VrrpGroup's affair: the instance tells it of a wish (OnWish) or a concession (OnConceded) and is moved by it.
//
// One timer serves each state: Backup waits for silence, Master for its next advert, Leaving for the end of its farewell.

/// <summary>One VRRP instance, as it stands. Times are those of the router's last input.</summary>
public sealed class VrrpInstance
{
    // What failed for lack of a resource or against a foreign change is tried again this much later.
    private static readonly TimeSpan RetryTime = TimeSpan.FromSeconds(1);

    private readonly VrrpTrackers _trackers;
    private readonly VrrpReceiver _receiver;
    private readonly PeerTable _peers = new();
    private readonly ReportLimiter _limiter = new();
    private readonly OwnAdvert _advert;
    private readonly bool _nopreempt;

    private VrrpGroup? _group;
    private Instant? _timer;
    private Instant? _announceAt;
    private Instant? _retryAt;
    private Instant _spokeAt;
    private Instant? _heardAt;
    private bool _tookOverInSilence;

    internal VrrpInstance(int index, VrrpInstanceSettings settings, bool weightsCount)
    {
        Invariant.That(settings.VirtualRouterId > 0 && settings.Priority > 0, "router id and priority are 1..255");
        Invariant.That(settings.AdvertInterval > TimeSpan.Zero, "the advert interval is above zero");
        Invariant.That(
            settings.VirtualAddresses.Length <= VrrpAdvert.MaxAddressCount, "an advert carries at most 255 addresses");

        Index = index;
        Settings = settings;
        // keepalived resets nopreempt where the state is MASTER.
        _nopreempt = settings.Nopreempt && !settings.StartsAsMaster;
        _trackers = new VrrpTrackers(settings, weightsCount);
        _advert = new OwnAdvert(settings);
        _receiver = new VrrpReceiver(settings, _advert);
        EffectivePriority = _trackers.EffectivePriority;
    }

    public int Index { get; }

    public VrrpInstanceSettings Settings { get; }

    public VrrpState State { get; private set; }

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

    public VrrpCounters Counters { get; } = new();

    public TimeSpan SkewTime => VrrpTimers.Skew(EffectivePriority);

    public TimeSpan MasterDownTime => VrrpTimers.MasterDown(Settings.AdvertInterval, EffectivePriority);

    /// <summary>
    /// How long the data path may hold the addresses after <c>Arm</c> or <c>RenewLease</c>: while leaving, only until the
    /// farewell is over, for a successor may stand up long before a whole lease is.
    /// </summary>
    public TimeSpan LeaseTime =>
        State == VrrpState.Leaving ? VrrpTimers.FarewellTime : VrrpTimers.Lease(Settings.AdvertInterval);

    /// <summary>The virtual addresses are ours to serve.</summary>
    public bool HoldsAddresses => State is VrrpState.Master or VrrpState.Leaving;

    /// <summary>Its time as backup is out, and it waits for the other members of its sync group.</summary>
    public bool WantsMaster { get; private set; }

    internal Instant? Deadline => Instant.Earlier(_timer, Instant.Earlier(_announceAt, _retryAt));

    internal bool IsFaulty => !SourceAddress.IsV4 || _trackers.TryFindFault(out _, out _);

    internal string? AwaitedScript => _trackers.AwaitedScript;

    /// <summary>RFC 3768 §6.4.1: the owner of the addresses does not wait.</summary>
    internal bool IsOwnerFromStart => EffectivePriority == 255 && Settings.StartsAsMaster;

    private VrrpGroup Group => _group ?? throw new UnreachableException("every instance is in a group");

    internal void Join(VrrpGroup group) => _group = group;

    // ---- inputs

    internal void OnAdvert(Instant now, in ReceivedAdvert packet, List<VrrpAction> actions)
    {
        if (State is VrrpState.Initialize or VrrpState.Fault)
        {
            Counters.Discard(VrrpDiscardReason.NotListening);
            return;
        }

        VrrpDiscardReason reason = _receiver.Check(packet, SourceAddress, out VrrpAdvert advert);
        if (reason != VrrpDiscardReason.None)
        {
            Counters.Discard(reason);
            if (_limiter.MayTell(now, reason))
            {
                Report(new VrrpEvent(VrrpEventKind.PacketDiscarded, Index) { Discard = reason, Source = packet.Source }, actions);
            }

            return;
        }

        Counters.AdvertsReceived++;
        _heardAt = now;
        CompareAddresses(now, packet.Source, advert, actions);
        if (packet.SourceMac != default && _peers.Learn(packet.Source, packet.SourceMac))
        {
            actions.Add(VrrpAction.LearnPeer(Index, packet.Source, packet.SourceMac));
        }

        if (advert.Priority == 0)
        {
            Counters.PriorityZeroReceived++;
        }

        switch (State)
        {
            case VrrpState.Backup: HearAsBackup(now, packet.Source, advert.Priority, actions); break;
            case VrrpState.Master: HearAsMaster(now, packet.Source, advert.Priority, actions); break;
            case VrrpState.Leaving: HearAsLeaving(now, packet.Source, advert.Priority, actions); break;
            case VrrpState.Initialize:
            case VrrpState.Fault: throw new UnreachableException("left above");
            default: throw new UnreachableException();
        }
    }

    internal void OnDeadline(Instant now, List<VrrpAction> actions)
    {
        if (_announceAt <= now)
        {
            _announceAt = null;
            Announce(actions);
        }

        if (_retryAt <= now)
        {
            _retryAt = null;
            Reassert(now, actions);
        }

        if (_timer is not { } due || now < due)
        {
            return;
        }

        switch (State)
        {
            case VrrpState.Backup: EndOfSilence(now, due, actions); break;
            case VrrpState.Master: Advertise(now, due, actions); break;
            case VrrpState.Leaving: BecomeInitialize(now, Because(VrrpReason.FarewellOver), actions); break;
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

        if (_limiter.MayTell(now, failed))
        {
            Report(new VrrpEvent(VrrpEventKind.ActionFailed, Index) { FailedAction = failed, Errno = errno }, actions);
        }
    }

    /// <summary>Whether a master has been silent for so long that another may have taken its place.</summary>
    internal bool IsOverslept(Instant now) => State == VrrpState.Master && now - _spokeAt >= LeaseTime;

    internal TimeSpan SilentFor(Instant now) => now - _spokeAt;

    internal void AssumeUnknownScriptsUp(Instant now, List<VrrpAction> actions)
    {
        _trackers.UnknownScriptsAreUp = true;
        RefreshPriority(now, actions);
    }

    /// <summary>Writes the IPv4 packet of an advert of this priority; returns the number of bytes.</summary>
    internal int WriteAdvertPacket(byte priority, Span<byte> target)
    {
        Invariant.That(SourceAddress.IsV4, "an advert is sent from an address");
        return _advert.Write(SourceAddress, priority, target);
    }

    // ---- state changes

    /// <summary>Order: advert, addresses, lease, announcement - the old master lets go before the ARP caches turn.</summary>
    internal void BecomeMaster(Instant now, VrrpEvent cause, List<VrrpAction> actions)
    {
        Invariant.That(State is VrrpState.Backup or VrrpState.Initialize or VrrpState.Fault, "a master is not made twice");
        VrrpState from = State;
        State = VrrpState.Master;
        StateSince = now;
        WantsMaster = false;
        _tookOverInSilence = !(now - _heardAt < LeaseTime);
        MasterAddress = SourceAddress;
        MasterPriority = EffectivePriority;
        Counters.BecameMaster++;

        SendAdvert(now, EffectivePriority, actions);
        _timer = now + Settings.AdvertInterval;
        ReportChange(from, cause, actions);
        Report(new VrrpEvent(VrrpEventKind.SettingAddresses, Index), actions);
        actions.Add(VrrpAction.AddAddresses(Index));
        actions.Add(VrrpAction.Arm(Index));
        AnnounceInBatches(now, actions);
    }

    internal void BecomeBackup(Instant now, VrrpEvent cause, List<VrrpAction> actions)
    {
        Invariant.That(State != VrrpState.Leaving, "who leaves does not stay as backup");
        VrrpState from = State;
        State = VrrpState.Backup;
        StateSince = now;
        WantsMaster = false;
        MasterAddress = cause.Source;
        MasterPriority = (byte)cause.Theirs;
        _timer = now + MasterDownTime;
        Release(from, actions);
        ReportChange(from, cause, actions);
    }

    internal void BecomeFault(Instant now, VrrpEvent cause, List<VrrpAction> actions)
    {
        Invariant.That(State is VrrpState.Initialize or VrrpState.Backup or VrrpState.Master, "a fault is entered once");
        VrrpState from = State;
        State = VrrpState.Fault;
        StateSince = now;
        WantsMaster = false;
        MasterAddress = default;
        MasterPriority = 0;
        _timer = null;

        // Over a dead link, or without an address, there is nobody to tell.
        if (from == VrrpState.Master && _trackers.OwnLinkIsUp && SourceAddress.IsV4)
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
        _timer = now + VrrpTimers.FarewellTime;
        _announceAt = null;
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
        MasterAddress = default;
        MasterPriority = 0;
        _timer = null;
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

        Invariant.That(!SourceAddress.IsV4, "a fault has a reason");
        return Because(VrrpReason.NoSourceAddress) with { Subject = Settings.Interface };
    }

    /// <summary>Announces now and once more after the delay.</summary>
    internal void AnnounceInBatches(Instant now, List<VrrpAction> actions)
    {
        Announce(actions);
        _announceAt = Settings.GarpMasterDelay > TimeSpan.Zero ? now + Settings.GarpMasterDelay : null;
    }

    /// <summary>
    /// A master that stood up because it heard nobody, and now hears a better one, was perhaps only cut off, and the ARP
    /// caches it turned are still turned to it. Its last advert makes the other answer and announce. keepalived has the
    /// same as <c>vrrp_higher_prio_send_advert</c>.
    /// </summary>
    internal void SayLastWord(Instant now, List<VrrpAction> actions)
    {
        if (State == VrrpState.Master && _tookOverInSilence)
        {
            SendAdvert(now, EffectivePriority, actions);
        }
    }

    /// <summary>Makes the world agree with a state in which nothing is held, whatever a former run has left.</summary>
    internal void ClearLeftovers(List<VrrpAction> actions)
    {
        actions.Add(VrrpAction.Disarm(Index));
        actions.Add(VrrpAction.RemoveAddresses(Index));
    }

    // ---- handlers by state

    private void HearAsBackup(Instant now, IpAddress source, byte priority, List<VrrpAction> actions)
    {
        if (priority == 0)
        {
            HearFarewell(now, source, actions);
        }
        else if (priority >= EffectivePriority || _nopreempt)
        {
            // RFC 3768 §6.4.2: reset the Master_Down_Timer.
            WantsMaster = false;
            MasterAddress = source;
            MasterPriority = priority;
            _timer = now + MasterDownTime;
        }
        else if (_limiter.MayTell(now, VrrpEventKind.LowerPriorityDiscarded))
        {
            // Discarded: the timer runs on, and its end preempts the lower master.
            Report(
                new VrrpEvent(VrrpEventKind.LowerPriorityDiscarded, Index)
                {
                    Source = source, Theirs = priority, Ours = EffectivePriority,
                },
                actions);
        }
    }

    // RFC 3768 §6.4.2: a zero priority means the master leaves; wait Skew_Time only, so the takeover costs milliseconds.
    // Against the letter of the RFC, the farewell of a node we do not follow is not heard: the master we follow lives, and
    // a skew time shorter than its next advert's distance would make two.
    private void HearFarewell(Instant now, IpAddress source, List<VrrpAction> actions)
    {
        if (MasterAddress.IsV4 && MasterAddress != source)
        {
            Report(new VrrpEvent(VrrpEventKind.StrayPriorityZeroReceived, Index) { Source = source }, actions);
            return;
        }

        Report(new VrrpEvent(VrrpEventKind.PriorityZeroReceived, Index) { From = State, Source = source }, actions);
        MasterAddress = default;
        MasterPriority = 0;
        if (!WantsMaster)
        {
            _timer = now + SkewTime;
        }
    }

    private void HearAsMaster(Instant now, IpAddress source, byte priority, List<VrrpAction> actions)
    {
        var compared = new VrrpEvent(VrrpEventKind.None, Index) { Source = source, Theirs = priority, Ours = EffectivePriority };
        if (priority == 0)
        {
            // RFC 3768 §6.4.3: answer at once, so that nobody else stands up.
            Report(compared with { Kind = VrrpEventKind.PriorityZeroReceived, From = State }, actions);
            AdvertiseNow(now, actions);
        }
        else if (priority > EffectivePriority)
        {
            Report(compared with { Kind = VrrpEventKind.HigherPriorityHeard }, actions);
            Concede(now, compared with { Kind = VrrpEventKind.StateChanged, Reason = VrrpReason.HigherPriorityHeard }, actions);
        }
        else if (priority == EffectivePriority && source > SourceAddress)
        {
            Report(compared with { Kind = VrrpEventKind.HigherAddressHeard }, actions);
            Concede(now, compared with { Kind = VrrpEventKind.StateChanged, Reason = VrrpReason.HigherAddressHeard }, actions);
        }
        else
        {
            if (_limiter.MayTell(now, VrrpEventKind.LowerPriorityAnswered))
            {
                Report(compared with { Kind = VrrpEventKind.LowerPriorityAnswered }, actions);
            }

            // keepalived, beyond RFC 3768 §6.4.3: the answer makes the other yield now, and the announcements win back
            // the ARP caches it has turned.
            AdvertiseNow(now, actions);
            Group.AnnounceAll(now, actions);
        }
    }

    private void HearAsLeaving(Instant now, IpAddress source, byte priority, List<VrrpAction> actions)
    {
        if (priority != 0)
        {
            BecomeInitialize(now, Because(VrrpReason.SuccessorHeard) with { Source = source, Theirs = priority }, actions);
        }
    }

    private void EndOfSilence(Instant now, Instant due, List<VrrpAction> actions)
    {
        // A backup that slept heard nothing because it was deaf: what was said meanwhile may still wait to be read.
        if (now - due > VrrpTimers.OversleptBy(Settings.AdvertInterval))
        {
            Report(new VrrpEvent(VrrpEventKind.TakeoverPostponed, Index) { Duration = now - due }, actions);
            _timer = now + VrrpTimers.ListenAfterSleep(Settings.AdvertInterval, EffectivePriority);
            return;
        }

        _timer = null;
        WantsMaster = true;
        Report(new VrrpEvent(VrrpEventKind.AdvertTimeout, Index), actions);
        Group.OnWish(now, this, actions);
    }

    private void Advertise(Instant now, Instant due, List<VrrpAction> actions)
    {
        AdvertiseNow(now, actions);

        // From the scheduled time, so that lateness does not add up - unless more than a whole interval was lost.
        Instant next = due + Settings.AdvertInterval;
        _timer = next > now ? next : now + Settings.AdvertInterval;
    }

    private void AdvertiseNow(Instant now, List<VrrpAction> actions)
    {
        SendAdvert(now, EffectivePriority, actions);
        actions.Add(VrrpAction.RenewLease(Index));
        MasterPriority = EffectivePriority;
        _timer = now + Settings.AdvertInterval;
    }

    private void Concede(Instant now, VrrpEvent cause, List<VrrpAction> actions)
    {
        Group.SayLastWords(now, actions);
        BecomeBackup(now, cause, actions);
        Group.OnConceded(now, this, actions);
    }

    // ---- leaves

    private void SendAdvert(Instant now, byte priority, List<VrrpAction> actions)
    {
        _spokeAt = now;
        Counters.AdvertsSent++;
        actions.Add(VrrpAction.SendAdvert(Index, priority));
        if (priority == 0)
        {
            Counters.PriorityZeroSent++;
            Report(new VrrpEvent(VrrpEventKind.PriorityZeroSent, Index), actions);
        }
    }

    /// <summary>Lets go of what a master holds: the lease first, so that nothing is balanced that is not ours.</summary>
    private void Release(VrrpState from, List<VrrpAction> actions)
    {
        if (from is not (VrrpState.Master or VrrpState.Leaving))
        {
            return;
        }

        _announceAt = null;
        Counters.ReleasedMaster++;
        actions.Add(VrrpAction.Disarm(Index));
        Report(new VrrpEvent(VrrpEventKind.RemovingAddresses, Index), actions);
        actions.Add(VrrpAction.RemoveAddresses(Index));
    }

    private void Announce(List<VrrpAction> actions)
    {
        foreach (IpAddress address in Settings.VirtualAddresses)
        {
            Report(new VrrpEvent(VrrpEventKind.Announcing, Index) { Address = address }, actions);
        }

        actions.Add(VrrpAction.AnnounceAddresses(Index, Math.Max(1, Settings.GarpMasterRepeat)));
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
            AdvertiseNow(now, actions);
        }

        actions.Add(VrrpAction.AddAddresses(Index));
    }

    private void RefreshPriority(Instant now, List<VrrpAction> actions)
    {
        byte before = EffectivePriority;
        TimeSpan skewBefore = SkewTime;
        EffectivePriority = _trackers.EffectivePriority;
        if (before == EffectivePriority)
        {
            return;
        }

        Report(
            new VrrpEvent(VrrpEventKind.PriorityChanged, Index) { Theirs = before, Ours = EffectivePriority }, actions);
        if (State == VrrpState.Backup && _timer is { } due)
        {
            Instant retimed = due + (SkewTime - skewBefore);
            _timer = retimed > now ? retimed : now;
        }
    }

    // keepalived since 2.3.3: told, and heard nevertheless. Dropping such adverts made two masters during rolling edits.
    private void CompareAddresses(Instant now, IpAddress source, in VrrpAdvert advert, List<VrrpAction> actions)
    {
        if (_advert.FindMismatch(advert) is { } mismatch)
        {
            Counters.AddressListMismatches++;
            if (_limiter.MayTell(now, mismatch.Kind))
            {
                Report(mismatch with { Instance = Index, Source = source }, actions);
            }
        }
    }

    private void ReportChange(VrrpState from, VrrpEvent cause, List<VrrpAction> actions) =>
        Report(cause with { From = from, To = State }, actions);

    private static void Report(VrrpEvent happened, List<VrrpAction> actions) => actions.Add(VrrpAction.Report(happened));
}
