namespace Pointsman.Probes.Sending;

/// <summary>How an outbox stands.</summary>
/// <param name="Waiting">What is being sent now is among them.</param>
/// <param name="Failures">Attempts that failed.</param>
/// <param name="Dropped">Refused for good, too old, too many, or left at the end.</param>
/// <param name="LastError">Why the last attempt failed; null while all goes well.</param>
/// <param name="LastSentAgo">Null: nothing was sent yet.</param>
/// <param name="NextTryIn">Null: no attempt waits for its time.</param>
public sealed record OutboxFigures(
    int Waiting, long Sent, long Failures, long Dropped, string? LastError, TimeSpan? LastSentAgo, TimeSpan? NextTryIn);
