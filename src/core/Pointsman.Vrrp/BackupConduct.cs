using Pointsman.Base;

namespace Pointsman.Vrrp;

/// <summary>What an instance does in Backup (RFC 3768 §6.4.2): it waits for silence.</summary>
internal sealed class BackupConduct(VrrpInstance instance)
{
    // keepalived: preempt_delay runs from the first advert of a lower master, and does not begin anew with the next ones.
    private Instant? _preemptAt;

    public void Continue(BackupConduct former) => _preemptAt = former._preemptAt;

    public void Begin() => _preemptAt = null;

    public void Hear(Instant now, IpAddress source, byte priority, List<VrrpAction> actions)
    {
        if (priority == 0)
        {
            HearFarewell(now, source, actions);
        }
        else if (priority >= instance.EffectivePriority || instance.LeavesLowerMastersInPeace || IsPreemptionDelayed(now, source, priority, actions))
        {
            _preemptAt = priority >= instance.EffectivePriority ? null : _preemptAt;

            // RFC 3768 §6.4.2, RFC 9568 §6.4.2: reset the Master_Down_Timer.
            instance.TakeMasterInterval();
            instance.Follow(source, priority);
            instance.Timer = now + instance.MasterDownTime;
        }
        else
        {
            // Discarded: the timer runs on, and its end preempts the lower master.
            instance.Reports.AddNowAndThen(
                now,
                new VrrpEvent(VrrpEventKind.LowerPriorityDiscarded, instance.Index)
                {
                    Source = source, Theirs = priority, Ours = instance.EffectivePriority,
                },
                actions);
        }
    }

    /// <summary>Nobody spoke until <paramref name="due"/>.</summary>
    public void EndOfSilence(Instant now, Instant due, List<VrrpAction> actions)
    {
        // A backup that slept heard nothing because it was deaf: what was said meanwhile may still wait to be read.
        if (now - due > VrrpTimers.OversleptBy(instance.MasterPace))
        {
            instance.Reports.Add(
                new VrrpEvent(VrrpEventKind.TakeoverPostponed, instance.Index) { Duration = now - due }, actions);
            instance.Timer = now + VrrpTimers.ListenAfterSleep(instance.MasterPace, instance.EffectivePriority);
            return;
        }

        if (!instance.Rivals.MayTakeOver(now, actions))
        {
            return;
        }

        instance.Reports.Add(new VrrpEvent(VrrpEventKind.AdvertTimeout, instance.Index), actions);
        instance.WishForMaster(now, actions);
    }

    private bool IsPreemptionDelayed(Instant now, IpAddress source, byte priority, List<VrrpAction> actions)
    {
        TimeSpan delay = instance.Settings.PreemptDelay;
        if (delay == TimeSpan.Zero)
        {
            return false;
        }

        if (_preemptAt is null)
        {
            _preemptAt = now + delay;
            instance.Reports.Add(
                new VrrpEvent(VrrpEventKind.PreemptionDelayed, instance.Index)
                {
                    Source = source, Theirs = priority, Ours = instance.EffectivePriority, Duration = delay,
                },
                actions);
        }

        return now < _preemptAt;
    }

    // RFC 3768 §6.4.2: a zero priority means the master leaves; wait Skew_Time only, so the takeover costs milliseconds.
    // Against the letter of the RFC, the farewell of a node we do not follow is not heard: the master we follow lives, and
    // a skew time shorter than its next advert's distance would make two.
    private void HearFarewell(Instant now, IpAddress source, List<VrrpAction> actions)
    {
        if (instance.MasterAddress != default && instance.MasterAddress != source)
        {
            instance.Reports.Add(
                new VrrpEvent(VrrpEventKind.StrayPriorityZeroReceived, instance.Index) { Source = source }, actions);
            return;
        }

        instance.Reports.Add(
            new VrrpEvent(VrrpEventKind.PriorityZeroReceived, instance.Index) { From = instance.State, Source = source },
            actions);
        instance.Forget();
        instance.Rivals.OnFarewell();
        if (!instance.WantsMaster)
        {
            instance.Timer = now + instance.SkewTime;
        }
    }
}
