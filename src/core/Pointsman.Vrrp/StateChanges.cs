using Pointsman.Base;

namespace Pointsman.Vrrp;

// What an instance does at the moment of a change. What a change means for the other members of the sync group is the
// VrrpGroup's affair.

/// <summary>The state of an instance, and the only place where it changes.</summary>
internal sealed class StateChanges(
    VrrpInstance instance, VrrpTrackers trackers, Announcer announcer, LastWord word, BackupConduct backup, MasterConduct master)
{
    public VrrpState State { get; private set; }

    /// <summary>When <see cref="State"/> was entered.</summary>
    public Instant StateSince { get; private set; }

    public void Continue(StateChanges former) => (State, StateSince) = (former.State, former.StateSince);

    /// <summary>Order: advert, addresses, lease, announcement - the old master lets go before the ARP caches turn.</summary>
    public void BecomeMaster(Instant now, VrrpEvent cause, List<VrrpAction> actions)
    {
        Invariant.That(State != VrrpState.Master, "a master is not made twice");
        VrrpState from = State;
        State = VrrpState.Master;
        StateSince = now;
        instance.WantsMaster = false;
        instance.DelayedUntil = null;
        master.Begin(inSilence: !instance.HearsAnother(now));
        instance.MasterAddress = instance.SourceAddress;
        instance.MasterPriority = instance.EffectivePriority;
        instance.MasterAdvertInterval = instance.Settings.AdvertInterval;
        instance.Counters.BecameMaster++;

        word.Send(now, instance.EffectivePriority, actions);
        instance.Timer = now + instance.Settings.AdvertInterval;
        ReportChange(from, cause, actions);
        instance.Reports.Add(new VrrpEvent(VrrpEventKind.SettingAddresses, instance.Index), actions);
        actions.Add(VrrpAction.AddAddresses(instance.Index));
        actions.Add(VrrpAction.Arm(instance.Index));
        announcer.Begin(now, actions);
    }

    public void BecomeBackup(Instant now, VrrpEvent cause, List<VrrpAction> actions)
    {
        VrrpState from = State;
        State = VrrpState.Backup;
        StateSince = now;
        instance.WantsMaster = false;
        instance.MasterAddress = cause.Source;
        instance.MasterPriority = (byte)cause.Theirs;
        instance.Timer = (instance.DelayedUntil > now ? instance.DelayedUntil.Value : now) + instance.MasterDownTime;
        backup.Begin();
        Release(from, actions);
        ReportChange(from, cause, actions);
    }

    public void BecomeFault(Instant now, VrrpEvent cause, List<VrrpAction> actions)
    {
        Invariant.That(State != VrrpState.Fault, "a fault is entered once");
        VrrpState from = State;
        State = VrrpState.Fault;
        StateSince = now;
        instance.WantsMaster = false;
        instance.Forget();
        instance.MasterAdvertInterval = instance.Settings.AdvertInterval;
        instance.Timer = null;

        // Over a dead link, or without an address, there is nobody to tell.
        if (from == VrrpState.Master && trackers.OwnLinkIsUp && instance.HasSource)
        {
            word.Send(now, priority: 0, actions);
        }

        Release(from, actions);
        ReportChange(from, cause, actions);
    }

    /// <summary>Keeps addresses and lease: the clients are served until the successor takes them.</summary>
    public void BecomeLeaving(Instant now, VrrpEvent cause, List<VrrpAction> actions)
    {
        Invariant.That(State == VrrpState.Master, "only a master takes its leave");
        VrrpState from = State;
        State = VrrpState.Leaving;
        StateSince = now;
        instance.Timer = now + VrrpTimers.Farewell(instance.Settings.Pace);
        announcer.Stop();
        word.Send(now, priority: 0, actions);
        actions.Add(VrrpAction.RenewLease(instance.Index));
        ReportChange(from, cause, actions);
    }

    public void BecomeInitialize(Instant now, VrrpEvent cause, List<VrrpAction> actions)
    {
        VrrpState from = State;
        State = VrrpState.Initialize;
        StateSince = now;
        instance.WantsMaster = false;
        instance.Forget();
        instance.MasterAdvertInterval = instance.Settings.AdvertInterval;
        instance.Timer = null;
        trackers.UnknownScriptsAreUp = false;
        Release(from, actions);
        ReportChange(from, cause, actions);
    }

    /// <summary>Makes the world agree with a state in which nothing is held, whatever a former run has left.</summary>
    public void ClearLeftovers(List<VrrpAction> actions)
    {
        actions.Add(VrrpAction.Disarm(instance.Index));
        actions.Add(VrrpAction.RemoveAddresses(instance.Index));
    }

    /// <summary>Lets go of what a master holds: the lease first, so that nothing is balanced that is not ours.</summary>
    private void Release(VrrpState from, List<VrrpAction> actions)
    {
        if (from is not (VrrpState.Master or VrrpState.Leaving))
        {
            return;
        }

        announcer.Stop();
        instance.Counters.ReleasedMaster++;
        actions.Add(VrrpAction.Disarm(instance.Index));
        instance.Reports.Add(new VrrpEvent(VrrpEventKind.RemovingAddresses, instance.Index), actions);
        actions.Add(VrrpAction.RemoveAddresses(instance.Index));
    }

    /// <summary>Asks once more for what the state implies, after something of it failed.</summary>
    public void Reassert(Instant now, List<VrrpAction> actions)
    {
        if (!instance.HoldsAddresses)
        {
            ClearLeftovers(actions);
            return;
        }

        // No lease without a word: it would outlive the time in which the others take silence for death.
        if (State == VrrpState.Master)
        {
            master.AdvertiseNow(now, actions);
        }

        actions.Add(VrrpAction.AddAddresses(instance.Index));
    }

    private void ReportChange(VrrpState from, VrrpEvent cause, List<VrrpAction> actions)
    {
        instance.Reports.Add(cause with { From = from, To = State }, actions);
        instance.Rivals.OnState(StateSince, actions);
    }
}
