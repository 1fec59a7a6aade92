using System.Globalization;
using System.Net;

namespace Pointsman.Lab.Probing;

/// <summary>The options of one <c>lab-probe</c> command line.</summary>
internal sealed record ProbeSettings
{
    internal double RatePerSecond { get; init; } = 100;

    internal TimeSpan Deadline { get; init; } = TimeSpan.FromMilliseconds(500);

    internal int Count { get; init; } = 1;

    internal TimeSpan Period { get; init; } = TimeSpan.FromMilliseconds(100);

    private IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    private int FirstPort { get; init; }

    private int LastPort { get; init; }

    internal ProbeSources Sources => field ??= new ProbeSources(Addresses, FirstPort, LastPort);

    /// <summary>Null for an option or a value that is none.</summary>
    internal static ProbeSettings? TryParse(ReadOnlySpan<string> options)
    {
        ProbeSettings? settings = new();
        for (int i = 0; i + 1 < options.Length && settings is not null; i += 2)
        {
            settings = settings.With(options[i], options[i + 1]);
        }

        return options.Length % 2 == 0 ? settings : null;
    }

    private ProbeSettings? With(string option, string value) => option switch
    {
        "--rate" when Number(value) is > 0 and var rate => this with { RatePerSecond = rate },
        "--deadline" when Number(value) is > 0 and var deadlineMs => this with { Deadline = TimeSpan.FromMilliseconds(deadlineMs) },
        "--count" when Number(value) is > 0 and var count => this with { Count = count },
        "--period" when Number(value) is > 0 and var periodMs => this with { Period = TimeSpan.FromMilliseconds(periodMs) },
        "--from" when value.Split(',') is var texts && Array.TrueForAll(texts, text => IPAddress.TryParse(text, out _)) =>
            this with { Addresses = [.. texts.Select(IPAddress.Parse)] },
        "--ports" when value.Split('-') is [var first, var last] && Number(first) is > 0 and var from && Number(last) is var to && to >= from =>
            this with { FirstPort = from, LastPort = to },
        _ => null,
    };

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
}
