namespace Pointsman.Probes;

/// <summary>A <c>vrrp_script</c> to be run over and over.</summary>
/// <param name="Interval">From one start to the next; a run that takes longer lets the next one wait.</param>
/// <param name="Timeout">A run that takes longer is ended and has failed.</param>
/// <param name="InitFail"><c>init_fail</c>: counts as failed until it has proven itself.</param>
public sealed record TrackScript(
    string Name,
    ScriptCommand Command,
    TimeSpan Interval,
    TimeSpan Timeout,
    int Rise = 1,
    int Fall = 1,
    bool InitFail = false);
