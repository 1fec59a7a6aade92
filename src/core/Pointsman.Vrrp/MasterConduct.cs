using Pointsman.Base;

namespace Pointsman.Vrrp;

/// <summary>What an instance does in Master (RFC 3768 §6.4.3): it speaks, and yields to a better one.</summary>
internal sealed class MasterConduct(VrrpInstance instance)
{
    private bool _tookOverInSilence;

    public void Continue(MasterConduct former) => _tookOverInSilence = former._tookOverInSilence;

    /// <param name="inSilence">No other master was heard for the length of a lease.</param>
    public void Begin(bool inSilence) => _tookOverInSilence = inSilence;

    public void Hear(Instant now, IpAddress source, byte priority, List<VrrpAction> actions)
    {
        byte ours = instance.EffectivePriority;
        var compared = new VrrpEvent(VrrpEventKind.None, instance.Index) { Source = source, Theirs = priority, Ours = ours };
        if (priority == 0)
        {
            // RFC 3768 §6.4.3: answer at once, so that nobody else stands up.
            instance.Reports.Add(
                compared with { Kind = VrrpEventKind.PriorityZeroReceived, From = instance.State }, actions);
            AdvertiseNow(now, actions);
        }
        else if (priority > ours)
        {
            Concede(now, compared with { Kind = VrrpEventKind.HigherPriorityHeard }, VrrpReason.HigherPriorityHeard, actions);
        }
        else if (priority == ours && source > instance.SourceAddress)
        {
            Concede(now, compared with { Kind = VrrpEventKind.HigherAddressHeard }, VrrpReason.HigherAddressHeard, actions);
        }
        else
        {
            Answer(now, compared with { Kind = VrrpEventKind.LowerPriorityAnswered }, actions);
        }
    }

    public void Advertise(Instant now, Instant due, List<VrrpAction> actions)
    {
        AdvertiseNow(now, actions);

        // From the scheduled time, so that lateness does not add up - unless more than a whole interval was lost.
        Instant next = due + instance.Settings.AdvertInterval;
        instance.Timer = next > now ? next : now + instance.Settings.AdvertInterval;
    }

    public void AdvertiseNow(Instant now, List<VrrpAction> actions)
    {
        instance.SendAdvert(now, instance.EffectivePriority, actions);
        actions.Add(VrrpAction.RenewLease(instance.Index));
        instance.Follow(instance.SourceAddress, instance.EffectivePriority);
        instance.Timer = now + instance.Settings.AdvertInterval;
    }

    /// <summary>
    /// A master that stood up because it heard nobody, and now hears a better one, was perhaps only cut off, and the ARP
    /// caches it turned are still turned to it. Its last advert makes the other answer and announce. keepalived has the
    /// same as <c>vrrp_higher_prio_send_advert</c>.
    /// </summary>
    public void SayLastWord(Instant now, List<VrrpAction> actions)
    {
        if (_tookOverInSilence || instance.Settings.AlwaysSaysLastWord)
        {
            instance.SendAdvert(now, instance.EffectivePriority, actions);
        }
    }

    // keepalived, beyond RFC 3768 §6.4.3: the answer makes the other yield now, and the announcements win back the ARP
    // caches it has turned.
    private void Answer(Instant now, VrrpEvent told, List<VrrpAction> actions)
    {
        instance.Reports.AddNowAndThen(now, told, actions);
        if (!instance.Settings.KeepsSilentToLower)
        {
            AdvertiseNow(now, actions);
        }

        instance.Group.WinBackAll(now, actions);
    }

    private void Concede(Instant now, VrrpEvent told, VrrpReason reason, List<VrrpAction> actions)
    {
        instance.Reports.Add(told, actions);
        instance.Group.SayLastWords(now, actions);
        instance.TakeMasterInterval();
        instance.Changes.BecomeBackup(now, told with { Kind = VrrpEventKind.StateChanged, Reason = reason }, actions);
        instance.Group.OnConceded(now, instance, actions);
    }
}
