using Pointsman.Tests;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>
/// Each file in <c>Files</c> with what was read from it, and all that is said about it in the three forms, beside it.
/// <c>UPDATE=1</c> rewrites them; the diff is the review.
/// </summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Names => [.. Repository.Goldens()];

    [Theory]
    [MemberData(nameof(Names))]
    public void File_Read_MeansAndSaysExactlyWhatIsWritten(string name)
    {
        string path = Path.Combine(Repository.TestRoom, "Files", name);
        var options = new ConfigReaderOptions { ConfigId = "north", Variable = name => name == "SITE" ? "prague" : null };
        ConfigResult result = ConfigReader.Read(new FolderFiles(Path.Combine(Repository.TestRoom, "Files")), name, options);
        Check(path, ".model.txt", result.Configuration is { } model ? ModelText.Of(model) : "(not used: there are errors)\n");
        Check(path, ".human.txt", DiagnosticRenderer.Human(result));
        Check(path, ".lines.txt", DiagnosticRenderer.OneLine(result));
        Check(path, ".json", DiagnosticRenderer.Json(result) + "\n");
    }

    [Fact]
    public void Colours_Asked_SurroundTheSameWords()
    {
        string text = File.ReadAllText(Path.Combine(Repository.TestRoom, "Files", "typos.conf"));
        ConfigResult result = ConfigReader.Read("typos.conf", text);
        string coloured = DiagnosticRenderer.Human(result, colour: true);
        Assert.Contains("\e[1;31merror[PM1002]\e[0m", coloured, StringComparison.Ordinal);
        string plain = System.Text.RegularExpressions.Regex.Replace(coloured, "\e\\[[0-9;]*m", "");
        Assert.Equal(DiagnosticRenderer.Human(result), plain);
    }

    private static void Check(string path, string extension, string actual) =>
        GoldenFile.Check(Path.ChangeExtension(path, extension), actual);
}
