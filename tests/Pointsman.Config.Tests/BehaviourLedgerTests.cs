using System.Text.RegularExpressions;
using Pointsman.Config.Inventory;
using Pointsman.Tests;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>docs/vrrp-behaviour.md: every keyword of VRRP that works has a row, and every test a row names is there.</summary>
public sealed partial class BehaviourLedgerTests
{
    private const string None = "-";

    // Of the node's settings those that bear on VRRP; the others have nothing to do with it.
    private static readonly string[] GlobalBeginnings = ["vrrp_", "v3_", "vmac_", "nftables"];
    private static readonly string[] OuterKeywords =
        ["interface_up_down_delays", "linkbeat_use_polling", "linkbeat_interfaces", "static_ipaddress", "static_routes", "static_rules"];

    private static readonly string[] Blocks =
        ["vrrp_instance", "authentication", "vrrp_sync_group", "vrrp_script", "track_file", "vrrp_track_process", "bfd_instance", "garp_group", "track_group"];

    [Fact]
    public void EveryKeywordOfVrrpThatWorks_HasARow()
    {
        HashSet<(string, string)> rows = [.. Rows().Select(row => (row.Section, row.Keyword))];
        foreach (KeywordEntry entry in KeywordManual.Entries.Where(entry => entry.Fate == Fate.Works))
        {
            string? section = entry.Block switch
            {
                "the file" when OuterKeywords.Contains(entry.Name) => "outside all blocks",
                "global_defs" when GlobalBeginnings.Any(beginning => entry.Name.StartsWith(beginning, StringComparison.Ordinal)) => "`global_defs`",
                _ when Blocks.Contains(entry.Block) => $"`{entry.Block}`",
                _ => null,
            };
            Assert.True(section is null || rows.Contains((section, $"`{entry.Name}`")), $"{entry.Name} of {entry.Block} has no row");
        }
    }

    [Fact]
    public void EveryRow_NamesTestsThatAreThere_AndOneAtLeast()
    {
        HashSet<string> tests = Tests();
        Assert.True(tests.Count > 1000, "the tests were read");
        foreach ((string section, string keyword, string[] named) in Rows())
        {
            Assert.True(named.Length > 0, $"{keyword} of {section} has no test at all");
            Assert.All(named, name => Assert.True(tests.Contains(name), $"{keyword} of {section}: there is no test {name}"));
        }
    }

    [Fact]
    public void NoRow_IsOfAKeywordThatIsNotThere() => Assert.All(
        Rows().Where(row => row.Keyword.StartsWith('`')),
        row => Assert.True(KeywordManual.Find(row.Keyword.Trim('`')).Any(entry => entry.Fate == Fate.Works), $"{row.Keyword} works nowhere"));

    private static IEnumerable<(string Section, string Keyword, string[] Tests)> Rows()
    {
        string section = "";
        foreach (string line in File.ReadLines(SourceTree.PathOf("docs", "vrrp-behaviour.md")))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                section = line[3..];
            }
            else if (line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| what |", StringComparison.Ordinal))
            {
                string[] cells = line.Trim('|').Split(" | ", StringSplitOptions.TrimEntries);
                Assert.True(cells.Length == 4, line);
                yield return (section, cells[0],
                [
                    .. cells[2..].Where(cell => cell != None).SelectMany(cell => cell.Split(", ", StringSplitOptions.TrimEntries)),
                ]);
            }
        }
    }

    // A class is its file's; a test is a method with a sign above it.
    private static HashSet<string> Tests() =>
    [
        .. from path in Directory.EnumerateFiles(SourceTree.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
           let text = File.ReadAllText(path)
           from Match test in Test().Matches(text)
           select $"{Path.GetFileNameWithoutExtension(path)}.{test.Groups[1].Value}",
    ];

    [GeneratedRegex(@"^ *\[(?:Fact|Theory)[^\n]*\n(?:(?! *public )[^\n]*\n)*? *public (?:async )?\w+ (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Test();
}
