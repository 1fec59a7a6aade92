using System.Collections.Immutable;
using System.Globalization;

namespace Pointsman.Health;

/// <summary>Status codes from the first to the last, both included.</summary>
public readonly record struct HttpStatusRange(int First, int Last)
{
    /// <summary>What is expected where nothing is said.</summary>
    public static ImmutableArray<HttpStatusRange> Successes { get; } = [new HttpStatusRange(200, 299)];

    public bool Holds(int status) => status >= First && status <= Last;

    public override string ToString() => First == Last
        ? First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}
