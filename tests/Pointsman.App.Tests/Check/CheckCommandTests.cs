using System.CommandLine;
using System.Text.Json;
using Pointsman.App.Check;

namespace Pointsman.App.Tests.Check;

/// <summary><c>pointsman check</c> on files on disk: what it prints, and what it leaves with.</summary>
public sealed class CheckCommandTests : IDisposable
{
    private const string Good = """
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
                192.168.1.200
            }
        }

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-check-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void CleanFile_Checked_SaysSo()
    {
        string path = Save(Good);
        Assert.Equal((0, $"{path}: nothing to complain of\n"), Run(path));
        Assert.Equal((0, ""), Run(path, "--one-line", "--strict"));
    }

    [Fact]
    public void FileWithAWarning_Checked_CountsOnlyWhenStrict()
    {
        string path = Save(Good + "global_defs {\nlvs_id lb1\n}\n");
        (int code, string output) = Run(path);
        Assert.Equal(0, code);
        Assert.EndsWith($"\n\n{path}: 1 warning; the file can be used\n", output, StringComparison.Ordinal);
        Assert.Equal(1, Run(path, "--strict").Code);
    }

    [Fact]
    public void FileWithErrors_Checked_ShowsEachWithItsPlace()
    {
        string path = Save(Good.Replace("interface", "interfase", StringComparison.Ordinal));
        (int code, string output) = Run(path);
        Assert.Equal(2, code);
        Assert.StartsWith("error[PM1002]: unknown keyword `interfase` in `vrrp_instance`\n", output, StringComparison.Ordinal);
        Assert.Contains($" --> {path}:2:5\n", output, StringComparison.Ordinal);
        Assert.EndsWith($"{path}: 1 error; the file cannot be used\n", output, StringComparison.Ordinal);
        Assert.Equal(
            (2, $"{path}:2:5: error[PM1002]: unknown keyword `interfase` in `vrrp_instance` (did you mean `interface`?)\n"),
            Run(path, "--one-line"));
    }

    [Fact]
    public void TwoFiles_CheckedAsJson_AreOneReport()
    {
        string bad = Save(Good.Replace("51", "999", StringComparison.Ordinal));
        string missing = Path.Combine(_folder, "missing.conf");
        (int code, string output) = Run(Save(Good), bad, missing, "--json");
        Assert.Equal(2, code);
        using JsonDocument report = JsonDocument.Parse(output);
        Assert.Equal(2, report.RootElement.GetProperty("errors").GetInt32());
        Assert.Equal(
            [("PM1012", bad, 3), ("PM1000", missing, 1)],
            report.RootElement.GetProperty("diagnostics").EnumerateArray().Select(diagnostic => (
                diagnostic.GetProperty("code").GetString(),
                diagnostic.GetProperty("file").GetString(),
                diagnostic.GetProperty("line").GetInt32())));
    }

    [Fact]
    public void NodesThatDoNotFit_Checked_LeaveWith2()
    {
        string first = Save(Good);
        string second = Save(Good.Replace("_id 51", "_id 51\n    priority 50\n    advert_int 3", StringComparison.Ordinal));
        (int code, string output) = Run(first, second);
        Assert.Equal(2, code);
        Assert.Contains("error[PM1604]: `advert_int` of `vrrp_instance VI_1` differs between the nodes\n", output, StringComparison.Ordinal);
        Assert.Contains($" ::: {first}:1:1\n", output, StringComparison.Ordinal);
        Assert.EndsWith("\n\nbetween the nodes: 1 error\n", output, StringComparison.Ordinal);
        Assert.Equal(0, Run(second).Code);
    }

    [Fact]
    public void NodesThatFit_Checked_AreToldSo()
    {
        string second = Save(Good.Replace("_id 51", "_id 51\n    priority 50", StringComparison.Ordinal));
        (int code, string output) = Run(Save(Good), second, "--strict");
        Assert.Equal(0, code);
        Assert.EndsWith("between the nodes: nothing to complain of\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void NodesWithAWarningBetweenThem_CheckedStrictly_LeaveWith1()
    {
        string[] files = [Save(Good), Save(Good)];
        Assert.Equal(0, Run(files).Code);
        Assert.Equal(1, Run([.. files, "--strict"]).Code);
    }

    [Fact]
    public void Notes_CheckedStrictly_CountAsNothing()
    {
        string path = Save(Good.Replace("_id 51", "_id 51\n    advert_int 5", StringComparison.Ordinal));
        (int code, string output) = Run(path, "--strict");
        Assert.Equal(0, code);
        Assert.StartsWith("note[PM1508]: ", output, StringComparison.Ordinal);
        Assert.EndsWith($"{path}: 1 note; the file can be used\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void FileWithAByteOrderMark_Checked_IsRefusedAtItsBegin()
    {
        string path = Path.Combine(_folder, "bom.conf");
        File.WriteAllText(path, Good, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.StartsWith($"{path}:1:1: error[PM1023]", Run(path, "--one-line").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void EndlessFile_Checked_IsRefused() =>
        Assert.Contains("is it the right file?", Run("/dev/zero", "--one-line").Output, StringComparison.Ordinal);

    [Fact]
    public void Directory_Checked_IsRefused() =>
        Assert.Contains("error[PM1000]", Run(_folder, "--one-line").Output, StringComparison.Ordinal);

    private string Save(string text)
    {
        string path = Path.Combine(_folder, $"{Guid.NewGuid():N}.conf");
        File.WriteAllText(path, text);
        return path;
    }

    internal static (int Code, string Output) Run(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        int code = CheckCommand.Create().Parse(arguments).Invoke(new InvocationConfiguration { Output = output });
        return (code, output.ToString());
    }
}
