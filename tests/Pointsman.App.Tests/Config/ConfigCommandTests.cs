using System.CommandLine;
using System.Text.Json;
using Pointsman.App.Config;

namespace Pointsman.App.Tests.Config;

/// <summary><c>pointsman config</c> on files on disk: what it prints, and what it leaves with.</summary>
public sealed class ConfigCommandTests : IDisposable
{
    private const string Good = "vrrp_instance VI_1 {\n    interface eth0\n    virtual_router_id 51\n    virtual_ipaddress {\n        10.0.0.1\n    }\n}\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-config-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void File_Shown_IsAFileThatShowsTheSameSettings()
    {
        (int code, string shown, string error) = Run(Save(Good));
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("    advert_int 1 ", shown, StringComparison.Ordinal);
        Assert.Equal(Settings(shown), Settings(Run(Save(shown)).Output));
    }

    [Fact]
    public void File_ShownAsJson_HasItsSettings()
    {
        (int code, string shown, _) = Run(Save(Good), "--json");
        Assert.Equal(0, code);
        using JsonDocument json = JsonDocument.Parse(shown);
        Assert.Equal(51, json.RootElement.GetProperty("vrrp_instance")[0].GetProperty("virtual_router_id").GetInt32());
    }

    [Fact]
    public void FileWithErrors_IsNotShown()
    {
        (int code, string shown, string error) = Run(Save(Good.Replace("51", "999", StringComparison.Ordinal)));
        Assert.Equal((2, ""), (code, shown));
        Assert.Contains("error[PM1012]", error, StringComparison.Ordinal);
        Assert.EndsWith(": there are errors, so nothing of it is in force\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingFile_IsTold() => Assert.Contains("error[PM1000]", Run(Path.Combine(_folder, "none")).Error, StringComparison.Ordinal);

    private static IEnumerable<string> Settings(string shown) => shown.Split('\n').Select(line => line.Split('#')[0].TrimEnd());

    private string Save(string text)
    {
        string path = Path.Combine(_folder, $"{Guid.NewGuid():N}.conf");
        File.WriteAllText(path, text);
        return path;
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        int code = ConfigCommand.Create().Parse(arguments).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
