namespace Pointsman.Dataplane.Tests.Stack;

/// <summary>Functions that call each other, the first called by the kernel; how much stack they take together.</summary>
internal sealed record CallChain(int StackBytes, IReadOnlyList<string> Functions)
{
    public override string ToString() => $"{StackBytes} bytes in {Functions.Count} calls: {string.Join(" > ", Functions)}";
}
