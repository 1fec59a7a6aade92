using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pointsman.Health;
using Pointsman.Linux.Processes;

namespace Pointsman.Probes;

/// <summary><c>FILE_CHECK</c>: one look at the number in a file. A file that is missing has 0.</summary>
public static class FileProbe
{
    private const int LimitBytes = 128;

    public static ProbeOutcome Read(CheckMethod.File method)
    {
        long started = Stopwatch.GetTimestamp();
        string text;
        try
        {
            // A pipe would never end.
            text = FileOwnership.TryRead(method.Path) is { IsRegularFile: true } ? FirstBytes(method.Path) : "";
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new ProbeOutcome.Error($"{method.Path} cannot be read: {refused.Message}");
        }

        long number = 0;
        if (text.Length > 0 && !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
        {
            return new ProbeOutcome.Error($"{method.Path} holds no whole number: '{(text.Length > 20 ? text[..20] + "..." : text)}'");
        }

        return Judge(method, Math.Clamp(number, int.MinValue, int.MaxValue), Stopwatch.GetElapsedTime(started));
    }

    private static ProbeOutcome Judge(CheckMethod.File method, long number, TimeSpan elapsed)
    {
        long effect = number * method.Factor;
        string what = string.Create(CultureInfo.InvariantCulture, $"track_file {method.Name} has {number}");
        return (method.Factor == 0 && number != 0) || effect <= int.MinValue
            ? new ProbeOutcome.Wrong(what)
            : new ProbeOutcome.Success(elapsed, what)
            {
                Weight = method.Factor == 0 ? null : (int)Math.Clamp(method.BaseWeight + effect, 0, ushort.MaxValue),
            };
    }

    private static string FirstBytes(string path)
    {
        using FileStream stream = File.OpenRead(path);
        Span<byte> bytes = stackalloc byte[LimitBytes];
        return Encoding.UTF8.GetString(bytes[..stream.ReadAtLeast(bytes, LimitBytes, throwOnEndOfStream: false)]).Trim();
    }
}
