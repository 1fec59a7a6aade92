namespace Pointsman.Probes.Sending;

/// <param name="What">As the log names it.</param>
/// <param name="Json">The body.</param>
public sealed record Webhook(string What, string Json)
{
    public override string ToString() => $"`{What}`";
}
