namespace Pointsman.Probes.Sending;

/// <summary>One mail, before it is laid out.</summary>
/// <param name="Subject">With the router id in front.</param>
/// <param name="At">When it happened; a mail that waits keeps it.</param>
public sealed record Mail(string Subject, string Body, DateTimeOffset At)
{
    /// <summary>The same at each attempt, so that a mail that arrives twice is known to be one.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    public override string ToString() => $"`{Subject}`";
}
