namespace Pointsman.Health;

/// <summary>What the monitor asks for or tells, in order.</summary>
public abstract record HealthAction
{
    private HealthAction()
    {
    }

    /// <summary>The outcome comes back through <see cref="HealthMonitor.OnOutcome"/> with the same <paramref name="Id"/>.</summary>
    public sealed record StartProbe(ProbeId Id, ProbeRequest Request) : HealthAction
    {
        /// <summary>Whose check it is; of several, the first in the configuration.</summary>
        public ServerId Server { get; init; }
    }

    /// <summary>One check turned; the server need not have (it may have others). For the log.</summary>
    /// <param name="LogLine">In keepalived's words, for those who search their logs for them.</param>
    /// <param name="Reason">What was seen, in the operator's words.</param>
    public sealed record CheckChanged(ServerId Server, bool IsUp, string LogLine, CheckMethod Method, string Reason) : HealthAction;

    /// <summary>A check that is well asks for another weight of its server; see <see cref="HealthMonitor.WeightOf"/>.</summary>
    public sealed record WeightChanged(ServerId Server) : HealthAction;

    /// <summary>An attempt of a check that is up failed, and turned nothing (<c>log_all_failures</c>).</summary>
    public sealed record AttemptFailed(string LogLine) : HealthAction;

    /// <summary>This node does not make its checks in time; at most once a minute.</summary>
    public sealed record Overdue(string LogLine) : HealthAction;

    /// <summary>The server's membership of its virtual server changes.</summary>
    public sealed record ServerChanged(ServerId Server, bool IsUp, string Reason) : HealthAction;
}
