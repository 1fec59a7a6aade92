namespace Pointsman.Linux.Processes;

/// <summary>How a program ended.</summary>
/// <param name="Status">Its exit status; without meaning where a signal has ended it.</param>
/// <param name="Signal">What has ended it; zero: it left by itself.</param>
public readonly record struct ChildEnd(int Status, int Signal);
