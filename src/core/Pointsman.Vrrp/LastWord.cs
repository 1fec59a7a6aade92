using Pointsman.Base;

namespace Pointsman.Vrrp;

/// <summary>When an instance last spoke, and for how long the others believe it.</summary>
internal sealed class LastWord(VrrpInstance instance)
{
    private Instant _spokeAt;
    private TimeSpan _holds;

    /// <summary>The last word is older than it was good for.</summary>
    public bool HasFaded(Instant now) => now - _spokeAt >= _holds;

    public TimeSpan SilentFor(Instant now) => now - _spokeAt;

    public void Continue(LastWord former) => (_spokeAt, _holds) = (former._spokeAt, former._holds);

    public void Send(Instant now, byte priority, List<VrrpAction> actions)
    {
        _spokeAt = now;
        _holds = VrrpTimers.Lease(instance.Settings.Pace);
        instance.Counters.AdvertsSent++;
        actions.Add(VrrpAction.SendAdvert(instance.Index, priority));
        if (priority == 0)
        {
            instance.Counters.PriorityZeroSent++;
            instance.Reports.Add(new VrrpEvent(VrrpEventKind.PriorityZeroSent, instance.Index), actions);
        }
    }
}
