using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>
/// Each file in <c>Golden</c> with the exact complaints about it beside it. <c>UPDATE=1</c> rewrites them; the diff is
/// the review.
/// </summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Names => [.. Repository.Goldens()];

    [Theory]
    [MemberData(nameof(Names))]
    public void File_Read_SaysExactlyWhatIsWritten(string name)
    {
        string path = Path.Combine(Repository.TestRoom, "Golden", name);
        string actual = DiagnosticRenderer.Human(ConfigReader.Read(name, File.ReadAllText(path)));
        string expectedPath = Path.ChangeExtension(path, ".expected");
        if (Environment.GetEnvironmentVariable("UPDATE") == "1")
        {
            File.WriteAllText(expectedPath, actual);
        }

        Assert.Equal(File.ReadAllText(expectedPath), actual);
        string code = name[..6];
        Assert.Contains($"[{code}]", actual, StringComparison.Ordinal);
    }
}
