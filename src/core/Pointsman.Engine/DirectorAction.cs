using Pointsman.Balance;
using Pointsman.Health;

namespace Pointsman.Engine;

/// <summary>What the director asks of its host, in order.</summary>
public abstract record DirectorAction
{
    private DirectorAction()
    {
    }

    /// <summary>The outcome comes back through <see cref="DirectorEngine.OnProbeOutcome"/>.</summary>
    public sealed record StartProbe(HealthAction.StartProbe Probe) : DirectorAction
    {
        /// <summary>Where the data path sends this server's clients; null: the probe does not go that way.</summary>
        public RoadEntry? Road { get; init; }
    }

    /// <summary>Somebody outside is to be told.</summary>
    public sealed record Tell(Notifications.Notice Notice) : DirectorAction;

    /// <summary>One line for the operator's log.</summary>
    public sealed record Log(string Line) : DirectorAction;

    /// <summary>
    /// Make the data plane so. The newest plan supersedes all before it: a host that is behind skips those, and they are
    /// never built.
    /// </summary>
    public sealed record ApplyPlan : DirectorAction
    {
        private readonly Lazy<ForwardingPlan> _plan;

        internal ApplyPlan(Func<ForwardingPlan> build) => _plan = new Lazy<ForwardingPlan>(build, isThreadSafe: false);

        /// <summary>As of the moment it is first asked for.</summary>
        public ForwardingPlan Plan => _plan.Value;
    }
}
