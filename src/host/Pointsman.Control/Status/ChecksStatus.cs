namespace Pointsman.Control.Status;

/// <summary>The checks of all real servers, taken together.</summary>
public sealed record ChecksStatus
{
    /// <summary>How many run; those that virtual servers share count once.</summary>
    public int Count { get; init; }

    /// <summary>Probes that came back since the start.</summary>
    public long Finished { get; init; }

    /// <summary>Probes that began, or ended, more than a second late, because this node had no time for them.</summary>
    public long Overdue { get; init; }

    /// <summary>Of these, probes that never came back.</summary>
    public long Lost { get; init; }

    public double WorstLateSeconds { get; init; }
}
