namespace Pointsman.Config.Model;

/// <summary>How checks are timed, as far as it was typed; what is null comes from the block around it.</summary>
public sealed record CheckTimes
{
    public TimeSpan? ConnectTimeout { get; init; }

    public int? Retry { get; init; }

    public TimeSpan? DelayBeforeRetry { get; init; }

    public TimeSpan? DelayLoop { get; init; }

    public TimeSpan? Warmup { get; init; }

    public bool? Alpha { get; init; }

    /// <summary>Fills from the block around it what was not typed here.</summary>
    public CheckTimes Or(CheckTimes around) => new()
    {
        ConnectTimeout = ConnectTimeout ?? around.ConnectTimeout,
        Retry = Retry ?? around.Retry,
        DelayBeforeRetry = DelayBeforeRetry ?? around.DelayBeforeRetry,
        DelayLoop = DelayLoop ?? around.DelayLoop,
        Warmup = Warmup ?? around.Warmup,
        Alpha = Alpha ?? around.Alpha,
    };
}
