using Pointsman.Base;

namespace Pointsman.Vrrp;

/// <summary>What an instance tells the operator; what recurs with every packet is told now and then.</summary>
internal sealed class InstanceReports(int instance)
{
    private ReportLimiter _limiter = new();

    /// <summary>What was told a moment ago is not told again.</summary>
    public void Continue(InstanceReports former) => _limiter = former._limiter;

    public void Add(VrrpEvent happened, List<VrrpAction> actions) =>
        actions.Add(VrrpAction.Report(happened with { Instance = instance }));

    /// <summary>Tells it once an episode of its kind; a discarded packet or a failed action, of its reason.</summary>
    public void AddNowAndThen(Instant now, VrrpEvent happened, List<VrrpAction> actions)
    {
        bool mayTell = happened.Kind switch
        {
            VrrpEventKind.PacketDiscarded => _limiter.MayTell(now, happened.Discard),
            VrrpEventKind.ActionFailed => _limiter.MayTell(now, happened.FailedAction),
            _ => _limiter.MayTell(now, happened.Kind),
        };
        if (mayTell)
        {
            Add(happened, actions);
        }
    }
}
