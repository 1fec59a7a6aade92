namespace Pointsman.Health;

/// <summary>What became of the checks since the start, as far as this node has a part in it.</summary>
/// <param name="Finished">Probes that came back.</param>
/// <param name="Count">Begun, or ended, more than a second later than agreed.</param>
/// <param name="Lost">Of these, probes that never came back.</param>
/// <param name="Worst">How late the latest was.</param>
public sealed record OverdueChecks(long Finished, long Count, long Lost, TimeSpan Worst);
