namespace Pointsman.RealServer;

/// <summary>The machine could not be made, or unmade, a real server; the message says what to do.</summary>
public sealed class RealServerException(string message, bool lacksRights = false) : Exception(message)
{
    /// <summary>Root, or a capability, is missing.</summary>
    public bool LacksRights { get; } = lacksRights;
}
