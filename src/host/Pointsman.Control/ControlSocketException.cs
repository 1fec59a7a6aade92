namespace Pointsman.Control;

/// <summary>The control socket cannot be opened; the message is for the operator.</summary>
public sealed class ControlSocketException(string message, Exception? cause = null) : Exception(message, cause);
