using Pointsman.Config.Grammar;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>One slip of the keyboard in a site's file is one new complaint, and for a keyword it names the right one.</summary>
public sealed class OneMistakeTests
{
    public static TheoryData<string> Sites => [.. Repository.Sites()];

    [Theory]
    [MemberData(nameof(Sites))]
    public void AnyKeyword_WithALetterLost_IsOneComplaintThatNamesIt(string site)
    {
        foreach ((string[] lines, int index, string keyword) in KeywordLines(site).Where(line => line.Keyword.Length > 4))
        {
            string typo = keyword.Remove(keyword.Length / 2, 1);
            Diagnostic only = OnlyNew(site, lines, index, lines[index].Replace(keyword, typo, StringComparison.Ordinal));
            Assert.Equal("PM1002", only.Descriptor.Code);
            Assert.Equal(index + 1, only.Span.Line);
            Assert.Contains($"did you mean `{keyword}`", only.Label, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Sites))]
    public void AnyNumber_Spoilt_IsOneComplaintAtItsPlace(string site)
    {
        foreach ((string[] lines, int index, string keyword) in KeywordLines(site))
        {
            string[] words = lines[index].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words is [_, var number, ..] && int.TryParse(number, out _) && keyword != "auth_pass")
            {
                int column = lines[index].IndexOf($" {number}", StringComparison.Ordinal) + 2;
                string spoilt = lines[index][..(column - 1)] + "x" + lines[index][(column - 1)..];
                Diagnostic only = OnlyNew(site, lines, index, spoilt);
                Assert.Equal(("PM1011", index + 1, column), (only.Descriptor.Code, only.Span.Line, only.Span.Column));
            }
        }
    }

    [Theory]
    [InlineData("chk_nginx\n", "chk_ginx\n", "PM1207")]
    [InlineData("script_user", "scriptuser", "PM1002")]
    [InlineData("global_defs", "global_def", "PM1002")]
    [InlineData("        192.168.0.200\n", "", "PM1209")]
    [InlineData("        192.168.0.200\n", "        192.168.0.2000\n", "PM1011")]
    [InlineData("        192.168.0.200\n", "        192.168.0.200 on eth0\n", "PM1011")]
    [InlineData("    virtual_ipaddress {", "    {", "PM1006")]
    [InlineData("virtual_server 192.168.0.200 80", "virtual_server 192.168.0.300 80", "PM1011")]
    public void MistakeWithManyConsequences_Read_IsToldOnce(string text, string mistake, string code)
    {
        string site = Repository.Site("colocated-master.conf");
        Assert.Contains(text, site, StringComparison.Ordinal);
        int at = site.LastIndexOf(text, StringComparison.Ordinal);
        string spoilt = site[..at] + mistake + site[(at + text.Length)..];
        Assert.Equal(code, Assert.Single(New("colocated-master.conf", site, spoilt)).Descriptor.Code);
    }

    private static IEnumerable<(string[] Lines, int Index, string Keyword)> KeywordLines(string site)
    {
        string[] lines = Repository.Site(site).Split('\n');
        for (int index = 0; index < lines.Length; index++)
        {
            string first = lines[index].Trim().Split(' ', '\t', '{')[0];
            if (Language.BlocksWith(first).Length > 0)
            {
                yield return (lines, index, first);
            }
        }
    }

    private static Diagnostic OnlyNew(string site, string[] lines, int index, string changed)
    {
        string[] spoilt = [.. lines[..index], changed, .. lines[(index + 1)..]];
        List<Diagnostic> found = New(site, string.Join('\n', lines), string.Join('\n', spoilt));
        Assert.True(found.Count == 1, $"{site}:{index + 1} {changed.Trim()}: {string.Join(" | ", found.Select(DiagnosticRenderer.OneLine))}");
        return found[0];
    }

    // Complaints about several places name fewer or others of them after a change, so only their kind is compared.
    private static List<Diagnostic> New(string site, string text, string spoilt)
    {
        var known = ConfigReader.Read(site, text).Diagnostics.Select(diagnostic => diagnostic.Descriptor).ToHashSet();
        return [.. ConfigReader.Read(site, spoilt).Diagnostics.Where(diagnostic => !known.Contains(diagnostic.Descriptor))];
    }
}
