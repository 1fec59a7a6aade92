using Pointsman.Tests;
using Xunit;

namespace Pointsman.Vrrp.Tests;

public sealed class TranscriptTests
{
    private static readonly string Folder = SourceTree.PathOf("tests", "Pointsman.Vrrp.Tests", "Transcripts");

    public static TheoryData<string> Stories => [.. Directory.GetFiles(Folder, "*.txt").Select(path => Path.GetFileName(path)!).Order()];

    [Theory]
    [MemberData(nameof(Stories))]
    public void Story_IsPlayed_GivesItsTranscript(string story)
    {
        string path = Path.Combine(Folder, story);
        GoldenFile.Check(path, new RouterTranscript().Play(File.ReadAllText(path)));
    }
}
