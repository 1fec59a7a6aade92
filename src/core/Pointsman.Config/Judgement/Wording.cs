using System.Globalization;
using Pointsman.Base;

namespace Pointsman.Config.Judgement;

/// <summary>How times, addresses and "the same elsewhere" are put into words.</summary>
internal static class Wording
{
    // Of equal places so many are named, the rest is counted.
    private const int NamedLimit = 4;

    public static string Seconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Round(time.TotalSeconds, 2):0.##} s");

    /// <summary>As keepalived.conf writes it.</summary>
    public static string Endpoint(TransportEndpoint endpoint) =>
        endpoint.Mark != 0
            ? string.Create(CultureInfo.InvariantCulture, $"fwmark {endpoint.Mark}")
            : string.Create(CultureInfo.InvariantCulture, $"{endpoint.Address} {endpoint.Port}");

    /// <summary>The hint, and where else the same holds.</summary>
    public static string WithOthers(string hint, IReadOnlyCollection<string> others) =>
        others.Count == 0 ? hint : $"{hint}; the same holds for {Some(others)}";

    public static string Some(IReadOnlyCollection<string> names)
    {
        string named = string.Join(", ", names.Take(NamedLimit));
        return names.Count <= NamedLimit ? named : $"{named} and {names.Count - NamedLimit} more";
    }
}
