using Pointsman.Config.Judgement;
using Xunit;

namespace Pointsman.Config.Tests.Judgement;

/// <summary>Whatever a file says, as long as it can be used it can be judged: alone, on a host, and beside its sound twin.</summary>
public sealed class JudgementMutationTests
{
    public static TheoryData<string> Sites => [.. Repository.Sites()];

    [Theory]
    [MemberData(nameof(Sites))]
    public void AnyLine_LeftOutOrDoubledOrWithAnotherNumber_IsJudgedByPlace(string site)
    {
        string text = Repository.Site(site);
        ConfigResult sound = ConfigReader.Read(site, text);
        string[] lines = text.Split('\n');
        int usableCount = 0;
        for (int index = 0; index < lines.Length; index++)
        {
            foreach (string[] changed in new[] { [], [lines[index], lines[index]], new[] { Renumber(lines[index]) } })
            {
                string mutant = string.Join('\n', [.. lines[..index], .. changed, .. lines[(index + 1)..]]);
                ConfigResult read = ConfigReader.Read("mutant", mutant);
                usableCount += read.Configuration is null ? 0 : 1;
                CheckPlaces(Judge.Host(Judge.Node(read), new PageHost()));
                CheckPlaces(Judge.Cluster(sound, read));
            }
        }

        Assert.True(usableCount > lines.Length, "most mutants can be used");
    }

    // Every digit becomes another one, so that addresses, ports, weights and times change.
    private static string Renumber(string line) =>
        string.Concat(line.Select(letter => char.IsAsciiDigit(letter) ? (char)('0' + ((letter - '0' + 1) % 3)) : letter));

    private static void CheckPlaces(ConfigResult judged) => Assert.All(judged.Diagnostics, diagnostic =>
    {
        CheckPlace(judged, diagnostic.Span);
        if (diagnostic.Related is { } related)
        {
            CheckPlace(judged, related.Span);
        }

        Assert.NotEqual("", DiagnosticRenderer.Human(diagnostic, judged.Sources));
    });

    private static void CheckPlace(ConfigResult judged, SourceSpan span)
    {
        SourceText source = Assert.Single(judged.Sources, candidate => candidate.FileName == span.File);
        Assert.InRange(span.Line, 1, source.Text.Split('\n').Length);
    }
}
