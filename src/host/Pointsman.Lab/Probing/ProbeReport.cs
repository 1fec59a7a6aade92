namespace Pointsman.Lab.Probing;

/// <summary>What a client saw between two reports. A request belongs to the period in which it began.</summary>
/// <param name="Sent">Requests begun.</param>
/// <param name="Answered">Of these, answered in time.</param>
/// <param name="OutageMs">
/// The longest time without service: from the beginning of the last answered request before a lost one to the beginning
/// of the first answered one after it; 0 when none was lost. Not finer than the time between two requests.
/// </param>
/// <param name="PerServer">Answers by the server that gave them.</param>
/// <param name="Failures">Lost requests by reason.</param>
public sealed record ProbeReport(
    int Sent,
    int Answered,
    double OutageMs,
    SortedDictionary<string, int> PerServer,
    SortedDictionary<string, int> Failures)
{
    public int Lost => Sent - Answered;

    public int From(string server) => PerServer.GetValueOrDefault(server);
}
