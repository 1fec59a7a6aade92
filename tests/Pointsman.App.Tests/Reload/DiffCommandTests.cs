using System.CommandLine;
using System.Text.Json;

namespace Pointsman.App.Tests.Reload;

/// <summary><c>pointsman diff OLD NEW</c> on files on disk: what it prints, and what it leaves with.</summary>
public sealed class DiffCommandTests : IDisposable
{
    private const string Site = """
        virtual_server 10.0.0.1 80 {
            lb_algo rr
            lb_kind DR
            protocol TCP
            real_server 10.0.0.5 80 {
                weight 1
            }
            real_server 10.0.0.6 80 {
                weight 1
            }
        }

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-diff-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void SameMeaning_LeavesWithZero_AndSaysNothing() =>
        Assert.Equal((0, "", ""), Run(Save("a", Site), Save("b", "# another comment\n" + Site)));

    [Fact]
    public void TwoWeights_AreTwoLines_AndOneWordOnWhatTheyMean()
    {
        (int code, string output, _) = Run(Save("a", Site), Save("b", Site.Replace("weight 1", "weight 2", StringComparison.Ordinal)));

        Assert.Equal(1, code);
        Assert.Equal(
            """
            virtual_server 10.0.0.1 80: real_server 10.0.0.5 80: weight 1 -> 2
            virtual_server 10.0.0.1 80: real_server 10.0.0.6 80: weight 1 -> 2
                for new connections; those there are stay where they are

            """,
            output);
    }

    [Fact]
    public void Json_HasEachChangeInParts()
    {
        string changed = Save("b", Site.Replace("10.0.0.6", "10.0.0.7", StringComparison.Ordinal));
        (int code, string output, _) = Run(Save("a", Site), changed, "--json");

        Assert.Equal(1, code);
        JsonElement report = JsonDocument.Parse(output).RootElement;
        Assert.Equal("compared", report.GetProperty("outcome").GetString());
        Assert.Equal(changed, report.GetProperty("file").GetString());
        JsonElement added = report.GetProperty("changes")[0];
        Assert.Equal("added", added.GetProperty("what").GetString());
        Assert.Equal("real_server 10.0.0.7 80", added.GetProperty("path")[1].GetString());
    }

    [Fact]
    public void FileWithErrors_LeavesWithTwo_AndShowsThem()
    {
        string bad = Save("b", Site.Replace("lb_algo", "lb_allgo", StringComparison.Ordinal));
        (int code, string output, string error) = Run(Save("a", Site), bad);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains($" --> {bad}:2:5\n", error, StringComparison.Ordinal);
        Assert.EndsWith($"pointsman: {bad} has errors\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingFile_LeavesWithTwo()
    {
        (int code, _, string error) = Run(Save("a", Site), Path.Combine(_folder, "nowhere"));

        Assert.Equal(2, code);
        Assert.Contains("nowhere", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "diff")]
    [InlineData(2, "diff", "/etc/hostname")]
    [InlineData(1, "reload")]
    [InlineData(1, "reload", "--dry-run")]
    public void NoDaemon_SaysWhatToDo(int expected, params string[] words)
    {
        (int code, string output, string error) = Invoke([.. words, "--run-dir", _folder]);

        Assert.Equal((expected, ""), (code, output));
        Assert.Contains("the pointsman daemon is not running", error, StringComparison.Ordinal);
        Assert.Contains("start it with", error, StringComparison.Ordinal);
    }

    private static (int Code, string Output, string Error) Run(params string[] words) => Invoke(["diff", .. words]);

    private static (int Code, string Output, string Error) Invoke(string[] words)
    {
        var configuration = new InvocationConfiguration { Output = new StringWriter(), Error = new StringWriter() };
        int code = PointsmanCommand.Root().Parse(words).Invoke(configuration);
        return (code, configuration.Output.ToString()!, configuration.Error.ToString()!);
    }

    private string Save(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
