namespace Pointsman.Probes.Sending;

/// <summary>A mail server does not do what was asked, or is not there.</summary>
/// <param name="isFinal">It refuses this very mail, and will the next time.</param>
internal sealed class MailTrouble(string reason, bool isFinal = false) : Exception(reason)
{
    internal bool IsFinal { get; } = isFinal;
}
