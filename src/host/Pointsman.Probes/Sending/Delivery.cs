namespace Pointsman.Probes.Sending;

/// <summary>What became of one attempt to send something.</summary>
internal abstract record Delivery
{
    private Delivery()
    {
    }

    /// <param name="LogLine">What the log says of it.</param>
    internal sealed record Done(string LogLine) : Delivery;

    /// <summary>Another attempt may go better.</summary>
    internal sealed record Failed(string Reason) : Delivery;

    /// <summary>The other side has seen it and does not want it, now or ever.</summary>
    internal sealed record Refused(string Reason) : Delivery;
}
