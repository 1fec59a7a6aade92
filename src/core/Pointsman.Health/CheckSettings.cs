namespace Pointsman.Health;

/// <summary>The timing of one check, in keepalived.conf's words.</summary>
/// <param name="ConnectTimeout"><c>connect_timeout</c>: bounds each wait for the server.</param>
/// <param name="Retry"><c>retry</c>: further attempts after the first failure; an up server falls after retry+1 of them.</param>
/// <param name="DelayBeforeRetry"><c>delay_before_retry</c>: from a failure to the next attempt.</param>
/// <param name="DelayLoop"><c>delay_loop</c>: from a verdict to the next probe.</param>
/// <param name="Warmup"><c>warmup</c>: the first probe waits a random part of this; zero spreads nothing.</param>
/// <param name="StartsUp">Counts as up until proven otherwise; false is <c>alpha</c>.</param>
public sealed record CheckSettings(
    TimeSpan ConnectTimeout,
    int Retry,
    TimeSpan DelayBeforeRetry,
    TimeSpan DelayLoop,
    TimeSpan Warmup,
    bool StartsUp = true);
