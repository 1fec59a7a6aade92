using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Pointsman.Base;

/// <summary>Checks for our own mistakes. They stay on in release.</summary>
public static class Invariant
{
    /// <summary>States what holds; throws <see cref="UnreachableException"/> when it does not.</summary>
    public static void That([DoesNotReturnIf(false)] bool condition, string goodCase)
    {
        if (!condition)
        {
            throw new UnreachableException($"does not hold: {goodCase}");
        }
    }
}
