using Pointsman.Tests;

namespace Pointsman.Sim;

public sealed class StoryTests
{
    private static readonly string Folder = SourceTree.PathOf("tests", "Pointsman.Sim", "Stories");

    public static TheoryData<string> Stories => [.. Directory.GetFiles(Folder, "*.txt").Select(path => Path.GetFileName(path)!).Order()];

    [Theory]
    [MemberData(nameof(Stories))]
    public void Story_IsPlayed_GivesItsTranscript(string story)
    {
        string path = Path.Combine(Folder, story);
        GoldenFile.Check(path, new ClusterStory().Play(File.ReadAllText(path)));
    }
}
