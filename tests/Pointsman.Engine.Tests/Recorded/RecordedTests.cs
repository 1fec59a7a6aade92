using System.Globalization;
using System.Text.RegularExpressions;
using Pointsman.Tests;

namespace Pointsman.Engine.Tests.Recorded;

/// <summary>
/// Our checks against those of keepalived 2.2.7 with real IPVS (Linux 6.1): the same file and the same course of the servers,
/// hence the same tries and the same changes of the table, at the same time. scripts/record-checks makes the recordings.
/// </summary>
public sealed partial class RecordedTests
{
    /// <summary>keepalived's pauses begin when a probe has ended, and its scripts take time: over a recording that adds up.</summary>
    private const double ToleranceSeconds = 0.45;

    private static readonly string Folder = SourceTree.PathOf("tests", "Pointsman.Engine.Tests", "Recorded", "Checks");

    public static TheoryData<string> Courses =>
        [.. Directory.GetFiles(Folder, "*.course").Select(path => Path.GetFileNameWithoutExtension(path)!).Order()];

    [Theory]
    [MemberData(nameof(Courses))]
    public void Checks_TryAndDecideAsKeepalivedDid(string name)
    {
        string[] course = File.ReadAllLines(Path.Combine(Folder, $"{name}.course"));
        Happening[] recorded = [.. File.ReadLines(Path.Combine(Folder, $"{name}.recorded")).Select(Read).OfType<Happening>()];
        List<Happening> played = new CoursePlayer(File.ReadAllText(Path.Combine(Folder, $"{name}.conf")), course).Play();
        double end = double.Parse(course[^1].Split(' ')[0], CultureInfo.InvariantCulture) / 1000;
        string[] subjects = [.. recorded.Select(one => one.Subject).Distinct().Order()];
        Assert.NotEmpty(subjects);
        Assert.Equal(subjects, played.Select(one => one.Subject).Distinct().Order());
        foreach (string subject in subjects)
        {
            Compare(Of(recorded, subject, end), Of(played, subject, end));
        }
    }

    // What is of one server stands in one order; of two, a moment decides. Close to the end it is chance what was still seen.
    private static Happening[] Of(IEnumerable<Happening> all, string subject, double end) =>
        [.. all.Where(one => one.Subject == subject && one.At < end - (2 * ToleranceSeconds))];

    private static void Compare(Happening[] recorded, Happening[] played)
    {
        string whole = $"keepalived:\n{string.Join('\n', recorded)}\nPointsman:\n{string.Join('\n', played)}";
        for (int i = 0; i < Math.Max(recorded.Length, played.Length); i++)
        {
            Assert.True(i < recorded.Length && i < played.Length, $"one has more than the other from number {i + 1} on\n{whole}");
            Assert.True(
                recorded[i].What == played[i].What && Math.Abs(recorded[i].At - played[i].At) < ToleranceSeconds,
                $"keepalived: {recorded[i]}, Pointsman: {played[i]}\n{whole}");
        }
    }

    private static Happening? Read(string line) => Line().Match(line) is { Success: true } match
        ? new Happening(double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), match.Groups[2].Value)
        : null;

    // "9.004 in 10.9.0.2:80 weight 1": tries of a server, and its place in the table, are told apart.
    [GeneratedRegex(@"^(-?\d+\.\d+) ((?:try|run|in|out|change) \S+(?: weight \d+)?)$")]
    private static partial Regex Line();
}
