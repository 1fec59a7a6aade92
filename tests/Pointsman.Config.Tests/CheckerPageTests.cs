using System.Text.RegularExpressions;
using Pointsman.Config.Inventory;
using Pointsman.Tests;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>`docs/checkers.md` has each keyword of each checker, and names tests that exist.</summary>
public sealed partial class CheckerPageTests
{
    private static readonly string[] s_blocks =
    [
        "TCP_CHECK", "HTTP_GET", "SSL_GET", "SMTP_CHECK", "DNS_CHECK", "UDP_CHECK", "PING_CHECK", "MISC_CHECK", "FILE_CHECK", "BFD_CHECK",
        "url", "host",
    ];

    private static string[] Rows { get; } =
        [.. File.ReadLines(SourceTree.PathOf("docs", "checkers.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal))];

    [Fact]
    public void EachKeywordOfEachChecker_HasARow()
    {
        HashSet<string> told = [.. Rows.SelectMany(row => Code().Matches(row.Split(" | ")[0]).Select(match => match.Groups[1].Value))];
        string[] wanted = [.. s_blocks, .. KeywordManual.Entries.Where(entry => s_blocks.Contains(entry.Block)).Select(entry => entry.Name)];
        Assert.True(wanted.Length > 60, "the blocks have other names now");
        Assert.Empty(wanted.Except(told));
    }

    [Fact]
    public void EachTestThatARowNames_Exists()
    {
        foreach (string named in Rows.Select(row => row.Split(" | ")[^1]).SelectMany(cell => Code().Matches(cell).Select(match => match.Groups[1].Value)))
        {
            Match test = Test().Match(named);
            if (test.Success)
            {
                string[] files = Directory.GetFiles(SourceTree.PathOf("tests"), test.Groups["class"].Value + ".cs", SearchOption.AllDirectories);
                Assert.True(
                    files.Any(file => File.ReadAllText(file).Contains($" {test.Groups["method"].Value}", StringComparison.Ordinal)), $"there is no {named}");
            }
        }
    }

    [GeneratedRegex("`([^`]*)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^(?<class>[A-Z]\w*Tests)(\.(?<method>\w+))?$")]
    private static partial Regex Test();
}
