using System.Globalization;

namespace Pointsman.Control.Status;

/// <summary>Numbers and spans for reading, not for scripts (those take <c>--json</c>).</summary>
public static class StatusFigures
{
    public static string Plain(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Exact to five digits, then in thousands (1000, not 1024) with one decimal.</summary>
    public static string Count(ulong value)
    {
        if (value < 100_000)
        {
            return value.ToString(CultureInfo.InvariantCulture);
        }

        double scaled = value;
        foreach (string unit in (ReadOnlySpan<string>)["k", "M", "G", "T"])
        {
            scaled /= 1000;
            if (scaled < 1000)
            {
                return scaled.ToString("0.0", CultureInfo.InvariantCulture) + unit;
            }
        }

        return (scaled / 1000).ToString("0.0", CultureInfo.InvariantCulture) + "P";
    }

    /// <summary>The two largest units: <c>0.35s</c>, <c>12s</c>, <c>4m 03s</c>, <c>2h 15m</c>, <c>3d 04h</c>.</summary>
    public static string Span(double seconds)
    {
        if (seconds < 10)
        {
            return Math.Max(seconds, 0).ToString("0.##", CultureInfo.InvariantCulture) + "s";
        }

        long whole = (long)seconds;
        return whole switch
        {
            < 60 => string.Create(CultureInfo.InvariantCulture, $"{whole}s"),
            < 3600 => string.Create(CultureInfo.InvariantCulture, $"{whole / 60}m {whole % 60:00}s"),
            < 86400 => string.Create(CultureInfo.InvariantCulture, $"{whole / 3600}h {whole / 60 % 60:00}m"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{whole / 86400}d {whole / 3600 % 24:00}h"),
        };
    }
}
