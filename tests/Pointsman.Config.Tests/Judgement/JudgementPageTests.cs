using Pointsman.Config.Judgement;
using Pointsman.Tests;
using Xunit;

namespace Pointsman.Config.Tests.Judgement;

/// <summary>
/// Every remark has a page whose example draws exactly the words it shows, and whose remedy draws none. The files before
/// the words are the example's nodes, those after it the remedy's. <c>UPDATE=1</c> rewrites the words; the diff is the review.
/// </summary>
public sealed class JudgementPageTests
{
    private const string InputFence = "```conf\n";
    private const string OutputFence = "```text\n";
    private const string FenceEnd = "```\n";

    /// <summary>
    /// What stands beside any other remark: the first is said of every service that is checked, the second of a setting
    /// an example needs.
    /// </summary>
    private static readonly string[] Usual = [JudgementCatalogue.SlowCheck.Code, DiagnosticCatalogue.NoEffectYet.Code];

    public static TheoryData<string> Codes => [.. JudgementCatalogue.All.Select(descriptor => descriptor.Code)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Example_Judged_IsRemarkedOnInTheWordsOfItsPage(string code)
    {
        string page = File.ReadAllText(PathOf(code));
        int output = page.IndexOf(OutputFence, StringComparison.Ordinal) + OutputFence.Length;
        int end = page.IndexOf(FenceEnd, output, StringComparison.Ordinal);
        ConfigResult judged = JudgeAll(page[..output], code);
        string actual = DiagnosticRenderer.Human(judged);
        if (Environment.GetEnvironmentVariable("UPDATE") == "1")
        {
            File.WriteAllText(PathOf(code), page[..output] + actual + page[end..]);
            page = page[..output] + actual + page[end..];
            end = output + actual.Length;
        }

        Assert.Equal(page[output..end], actual);
        Assert.NotEmpty(judged.Diagnostics);
        Assert.All(judged.Diagnostics, diagnostic =>
        {
            Assert.Equal(code, diagnostic.Descriptor.Code);
            Assert.NotNull(diagnostic.Hint);
        });
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Remedy_Judged_IsFine(string code)
    {
        string page = File.ReadAllText(PathOf(code));
        int output = page.IndexOf(OutputFence, StringComparison.Ordinal);
        Assert.Contains(InputFence, page[output..], StringComparison.Ordinal);
        Assert.Equal("", DiagnosticRenderer.Human(JudgeAll(page[output..], "")));
    }

    /// <summary>All that is said about the files of a part of a page, but for the usual.</summary>
    private static ConfigResult JudgeAll(string part, string code)
    {
        List<string> texts = [.. part.Split(InputFence)[1..].Select(text => text[..text.IndexOf(FenceEnd, StringComparison.Ordinal)])];
        List<ConfigResult> nodes =
        [
            .. texts.Select((text, index) => ConfigReader.Read(texts.Count == 1 ? "keepalived.conf" : $"lb{index + 1}.conf", text)),
        ];
        Assert.All(nodes, node => Assert.True(node.Configuration is not null, DiagnosticRenderer.Human(node)));
        ConfigResult judged = nodes.Count == 1 ? Judge.Host(Judge.Node(nodes[0]), new PageHost()) : Judge.Cluster([.. nodes]);
        return judged with
        {
            Diagnostics = [.. judged.Diagnostics.Where(diagnostic =>
                diagnostic.Descriptor.Code == code || !Usual.Contains(diagnostic.Descriptor.Code))],
        };
    }

    private static string PathOf(string code) => SourceTree.PathOf("docs", "diagnostics", $"{code}.md");
}
