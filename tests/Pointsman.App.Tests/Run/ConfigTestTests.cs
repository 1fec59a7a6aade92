using Pointsman.App.Run;
using Pointsman.Config;

namespace Pointsman.App.Tests.Run;

/// <summary><c>-t</c>: the exit codes that operators' scripts branch on, and the report.</summary>
public sealed class ConfigTestTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pointsman-app-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void CleanFile_IsZero()
    {
        (int code, string report) = Test(
            "vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 51\n virtual_ipaddress {\n 10.0.0.1\n }\n}\n", "keepalived");
        Assert.Equal("", report);
        Assert.Equal(0, code);
    }

    // As `keepalived -t -f <(generate-config)` has it.
    [Fact]
    public async Task Pipe_IsReadOnce()
    {
        string pipe = Path.Combine(_directory, "pipe");
        using (System.Diagnostics.Process made = System.Diagnostics.Process.Start("mkfifo", [pipe]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        // Each end waits for the other to open it.
        Task writer = Task.Run(
            () => File.WriteAllText(pipe, "global_defs {\n router_id a\n}\n"), TestContext.Current.CancellationToken);
        Task<ConfigResult?> reader = Task.Run(
            () => ConfigFile.Read(new RunOptions { ConfigFile = pipe }, out _), TestContext.Current.CancellationToken);
        ConfigResult? read = await reader.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await writer;
        Assert.Equal("a", read?.Configuration?.Global.RouterId);
    }

    [Fact]
    public void Error_IsFive_WithItsPlace()
    {
        (int code, string report) = Test("vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 51\n frobnicate 3\n}\n", "keepalived");
        Assert.Equal(5, code);
        Assert.Contains("site.conf:4:2", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Warning_FailsKeepalivedsTest_ButNotOurs()
    {
        const string Text = "global_defs {\n notification_email {\n a@example.org\n }\n}\n";
        Assert.Equal(5, Test(Text, "keepalived").Code);
        Assert.Equal(0, Test(Text, "pointsman").Code);
    }

    // Before 5, whatever else is told, as keepalived 2.2.7 has it.
    [Fact]
    public void ScriptThatRunsAsRootBecauseNobodySaidWho_IsSix()
    {
        const string Text = "vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 51\n notify_master /usr/bin/true\n}\n";
        Assert.Equal(6, Test(Text, "keepalived").Code);
        Assert.Equal(0, Test(Text, "pointsman").Code);
    }

    [Fact]
    public void ScriptThatCannotRunHere_IsFive()
    {
        const string Text = "vrrp_script chk {\n script /nowhere/check\n user root\n}\nvrrp_instance VI_1 {\n interface eth0\n"
            + " virtual_router_id 51\n virtual_ipaddress {\n 10.0.0.1\n }\n track_script {\n chk\n }\n}\n";
        (int code, string report) = Test(Text, "keepalived");
        Assert.Equal(5, code);
        Assert.Contains("PM1702", report, StringComparison.Ordinal);
    }

    // keepalived -e
    [Fact]
    public void AllFilesAreAskedFor_IncludedFileIsMissing_IsAnError()
    {
        string file = Path.Combine(_directory, "all.conf");
        File.WriteAllText(file, "include none.conf\nglobal_defs {\n router_id a\n}\n");
        Assert.NotNull(ConfigFile.Read(new RunOptions { ConfigFile = file }, out _)?.Configuration);
        Assert.Null(ConfigFile.Read(new RunOptions { ConfigFile = file, AllFiles = true }, out _)?.Configuration);
    }

    [Fact]
    public void MissingFile_IsFour()
    {
        var options = new RunOptions { ProgramName = "keepalived", TestOnly = true, ConfigFile = Path.Combine(_directory, "none.conf"), TestReportFile = Report };
        Assert.Equal(4, RunVerb.Run(options));
        Assert.Contains("none.conf", File.ReadAllText(Report), StringComparison.Ordinal);
    }

    [Fact]
    public void FileWithErrors_DoesNotStart()
    {
        string file = Path.Combine(_directory, "site.conf");
        File.WriteAllText(file, "virtual_server {\n");
        Assert.Equal(2, RunVerb.Run(new RunOptions { ConfigFile = file, Foreground = true }));
    }

    private string Report => Path.Combine(_directory, "report.txt");

    private (int Code, string Report) Test(string text, string program)
    {
        string file = Path.Combine(_directory, "site.conf");
        File.WriteAllText(file, text);
        int code = RunVerb.Run(new RunOptions { ProgramName = program, TestOnly = true, ConfigFile = file, TestReportFile = Report });
        return (code, File.ReadAllText(Report));
    }
}
