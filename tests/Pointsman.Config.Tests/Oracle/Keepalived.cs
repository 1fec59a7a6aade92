using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Pointsman.Config.Tests.Oracle;

/// <summary>The keepalived of this machine, asked what it thinks of a file, in a network namespace of its own.</summary>
internal static partial class Keepalived
{
    public const string SampleFolder = "/usr/share/doc/keepalived/samples";
    private const string Program = "/usr/sbin/keepalived";

    // A file that holds itself keeps it busy for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static string? WhyNotHere =>
        !File.Exists(Program) ? $"there is no {Program}"
        : !Directory.Exists(SampleFolder) ? $"keepalived's samples are not in {SampleFolder}"
        : Environment.UserName != "root" ? "a network namespace of its own needs root"
        : null;

    /// <summary>What it says of lines, but for interfaces that the namespace lacks; the rest of what it says has no line.</summary>
    public static List<(int Line, string Text)> Complaints(string path)
    {
        var start = new ProcessStartInfo("unshare", ["--net", Program, "--config-test", "--use-file", path])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"keepalived does not come to an end with {path}");
        }

        return
        [
            .. OfALine().Matches(error.Result + output.Result)
                .Where(match => !match.Groups["text"].Value.EndsWith("doesn't exist", StringComparison.Ordinal))
                .Select(match => (int.Parse(match.Groups["line"].Value, CultureInfo.InvariantCulture), match.Groups["text"].Value)),
        ];
    }

    [GeneratedRegex(@"^\((?:.*: )?Line (?<line>\d+)\) (?<text>.*)$", RegexOptions.Multiline)]
    private static partial Regex OfALine();
}
