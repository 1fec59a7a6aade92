using System.Globalization;
using System.Text.RegularExpressions;
using Pointsman.Tests;
using Xunit;

namespace Pointsman.Vrrp.Tests;

/// <summary>Each row of the ledgers in <c>docs/rfc</c> is held by a test, or says why it is not.</summary>
public sealed partial class LedgerTests
{
    private const string Tested = "tested";

    private static readonly string Root = SourceTree.Root;

    [Theory]
    [InlineData("3768.md")]
    [InlineData("9568.md")]
    public void EveryRequirement_IsHeldByATest_OrHasAReason(string ledger)
    {
        HashSet<string> tested = TestedRequirements();
        var seen = new HashSet<string>();
        foreach ((string id, string level, string demand, string held) in Rows(ledger))
        {
            Assert.True(seen.Add(id), $"{id} stands twice");
            Assert.Matches("^(MUST|MUST NOT|SHOULD|SHOULD NOT|MAY|is)$", level);
            Assert.True(demand.Length > 10, $"{id} says nothing");
            if (held == Tested || held.StartsWith(Tested + ";", StringComparison.Ordinal))
            {
                Assert.True(tested.Contains(id), $"{id} is said to be tested, and no test has [Rfc(\"{id}\")]");
            }
            else if (SameReason().Match(held) is { Success: true } same)
            {
                Assert.Contains($"{ledger[..^3]}-{same.Groups[1].Value}", seen);
            }
            else
            {
                Assert.True(held.Length > 10, $"{id} has neither a test nor a reason");
                Assert.False(tested.Contains(id), $"{id} has a test and gives a reason");
            }
        }

        Assert.True(seen.Count > 25, "the ledger was read");
    }

    [Theory]
    [InlineData("3768.md")]
    [InlineData("9568.md")]
    public void Requirements_AreNumberedAsTheirSectionsStand(string ledger)
    {
        string[] ids = [.. Rows(ledger).Select(row => row.Id)];

        Assert.Equal(ids.OrderBy(Section, StringComparer.Ordinal).ThenBy(Number), ids);

        static string Section(string id) => string.Concat(id.Split('-')[1].Split('.').Select(number => number.PadLeft(4, '0')));

        static int Number(string id) => int.Parse(id.Split('-')[2], CultureInfo.InvariantCulture);
    }

    [Fact]
    public void EveryTestedRequirement_StandsInALedger() =>
        Assert.Empty(TestedRequirements().Except(Rows("3768.md").Concat(Rows("9568.md")).Select(row => row.Id)));

    private static IEnumerable<(string Id, string Level, string Demand, string Held)> Rows(string ledger) =>
        from line in File.ReadLines(Path.Combine(Root, "docs", "rfc", ledger))
        where line.StartsWith("| ", StringComparison.Ordinal) && char.IsAsciiDigit(line[2])
        let cells = line.Trim('|').Split('|', StringSplitOptions.TrimEntries)
        select (cells[0], cells[1], cells[2], cells[3]);

    private static HashSet<string> TestedRequirements() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(path => Requirement().Matches(File.ReadAllText(path)))
            .Select(match => match.Groups[1].Value),
    ];

    [GeneratedRegex("^ *\\[Rfc\\(\"([0-9.-]+)\"\\)\\]", RegexOptions.Multiline)]
    private static partial Regex Requirement();

    [GeneratedRegex("^as ([0-9.]+-[0-9]+)$")]
    private static partial Regex SameReason();
}
