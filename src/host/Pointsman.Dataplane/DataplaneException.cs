namespace Pointsman.Dataplane;

/// <summary>The data path cannot be had as it is wanted: one line that says what failed and what to do.</summary>
public sealed class DataplaneException(string message, Exception? inner = null) : Exception(message, inner);
