namespace Pointsman.Lab.Probing;

/// <summary>How numbered datagrams fared since they were last forgotten.</summary>
/// <param name="Sent">Numbers sent.</param>
/// <param name="Missing">Of these, not echoed so far.</param>
/// <param name="Doubled">Echoes of a number that had been echoed.</param>
/// <param name="Refused">How often the network said that nobody takes them.</param>
/// <param name="Moved">Flows that were echoed by more than one server.</param>
/// <param name="PerServer">Flows by the server that echoed them last.</param>
/// <param name="First">Which numbers are missing, some of them: FLOW:NUMBER.</param>
public sealed record DatagramReport(
    long Sent, int Missing, long Doubled, long Refused, int Moved, SortedDictionary<string, int> PerServer, List<string> First);
