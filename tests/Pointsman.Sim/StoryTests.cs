namespace Pointsman.Sim;

public sealed class StoryTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot(), "tests", "Pointsman.Sim", "Stories");

    public static TheoryData<string> Stories => [.. Directory.GetFiles(Folder, "*.txt").Select(path => Path.GetFileName(path)!).Order()];

    [Theory]
    [MemberData(nameof(Stories))]
    public void Story_IsPlayed_GivesItsTranscript(string story)
    {
        string path = Path.Combine(Folder, story);
        string written = File.ReadAllText(path);

        string played = new ClusterStory().Play(written);

        if (Environment.GetEnvironmentVariable("UPDATE") == "1")
        {
            File.WriteAllText(path, played);
        }
        else
        {
            Assert.Equal(written, played);
        }
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "pointsman.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("the tests run inside the repository");
    }
}
