using System.Text.RegularExpressions;
using Pointsman.Config.Judgement;
using Pointsman.Tests;
using Xunit;

namespace Pointsman.Config.Tests.Oracle;

/// <summary>
/// Files that keepalived runs are not refused here, but for what <c>docs/keepalived-differences.md</c> lists with its reason;
/// and a difference that is listed is one.
/// </summary>
public sealed partial class OracleTests
{
    private static readonly string ListPath = SourceTree.PathOf("docs", "keepalived-differences.md");

    private static IEnumerable<string> Files =>
        Directory.GetFiles(Keepalived.SampleFolder, "keepalived.conf*")
            .Concat(Repository.Sites().Select(name => Path.Combine(Repository.TestRoom, "Sites", name))).Order(StringComparer.Ordinal);

    [Fact]
    public void ErrorsOnLinesKeepalivedTakes_AreThoseListed()
    {
        Assert.SkipUnless(Keepalived.WhyNotHere is null, Keepalived.WhyNotHere ?? "");
        SortedDictionary<string, string> found = [];
        foreach (string path in Files)
        {
            HashSet<int> complained = [.. Keepalived.Complaints(path).Select(complaint => complaint.Line)];
            foreach (Diagnostic diagnostic in Read(path).Diagnostics.Where(d => d.IsError && !complained.Contains(d.Span.Line)))
            {
                found.TryAdd(NameOf(diagnostic), $"{Path.GetFileName(path)}:{diagnostic.Span.Line}: {diagnostic.Message}");
            }
        }

        string[] listed = [.. ListRow().Matches(File.ReadAllText(ListPath)).Select(row => row.Groups["name"].Value)];
        Assert.True(!found.Keys.Except(listed).Any(), "not listed in docs/keepalived-differences.md:\n"
            + string.Join('\n', found.Keys.Except(listed).Select(name => $"| {name} | why? |   seen at {found[name]}")));
        Assert.True(!listed.Except(found.Keys).Any(), "no difference any more: remove the row from docs/keepalived-differences.md:\n"
            + string.Join('\n', listed.Except(found.Keys)));
    }

    // What keepalived finds fault with must not pass here without a word.
    [Fact]
    public void ComplaintsOfKeepalived_OnFilesThatAreTaken_HaveAWordHere()
    {
        Assert.SkipUnless(Keepalived.WhyNotHere is null, Keepalived.WhyNotHere ?? "");
        foreach (string path in Files)
        {
            ConfigResult result = Read(path);
            if (result.Configuration is null)
            {
                continue;
            }

            string said = DiagnosticRenderer.OneLine(result);
            Assert.All(Keepalived.Complaints(path), complaint =>
                Assert.Contains(QuotedWord().Match(complaint.Text).Groups["word"].Value, said, StringComparison.Ordinal));
        }
    }

    private static ConfigResult Read(string path) =>
        Judge.Node(ConfigReader.Read(new FolderFiles("/"), path, new ConfigReaderOptions { ConfigId = Environment.MachineName.Split('.')[0] }));

    // The code and what it is about: a choice's words change as more of them work.
    private static string NameOf(Diagnostic diagnostic)
    {
        string[] quoted = diagnostic.Message.Split('`');
        string about = quoted.Length < 2 ? "" : QuotedPath().Replace(quoted[1], "$1");
        return about.Length == 0 ? diagnostic.Descriptor.Code : $"{diagnostic.Descriptor.Code} `{about}`";
    }

    // Of a path or an address only the begin tells what it is.
    [GeneratedRegex(@"^(\S+ <)/.*|^[0-9a-f]+:[0-9a-f:]*$")]
    private static partial Regex QuotedPath();

    [GeneratedRegex(@"^\| (?<name>PM\d+( `[^`]*`)?) \| .+ \|$", RegexOptions.Multiline)]
    private static partial Regex ListRow();

    [GeneratedRegex(@"'(?<word>[^']*)'")]
    private static partial Regex QuotedWord();
}
