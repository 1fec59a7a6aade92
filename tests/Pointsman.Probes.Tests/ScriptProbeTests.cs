using Pointsman.Health;

namespace Pointsman.Probes.Tests;

public sealed class ScriptProbeTests
{
    [Theory]
    [InlineData("exit 0", false, true, "exit status 0", null)]
    [InlineData("exit 1", false, false, "failed (exited with status 1)", null)]
    [InlineData("echo oh; exit 3", false, false, "failed (exited with status 3), it said: oh", null)]
    [InlineData("exit 0", true, true, "exit status 0", null)]
    [InlineData("exit 1", true, false, "failed (exited with status 1)", null)]
    [InlineData("exit 2", true, true, "exit status 2", 0)]
    [InlineData("exit 255", true, true, "exit status 255", 253)]
    [InlineData("exit 137", true, true, "exit status 137", 135)]
    [InlineData("kill -KILL $$", true, false, "failed (due to signal 9)", null)]
    [InlineData("kill -TERM $$", false, false, "failed (due to signal 15)", null)]
    public async Task Status_Decides_AndIsAWeightWhereAskedFor(string script, bool isDynamic, bool isGood, string told, int? weight)
    {
        ProbeOutcome outcome = await RunAsync(script, isDynamic);

        Assert.Equal(isGood, outcome.IsSuccess);
        Assert.Equal(told, outcome is ProbeOutcome.Success success ? success.What : outcome.Reason);
        Assert.Equal(weight, (outcome as ProbeOutcome.Success)?.Weight);
    }

    [Fact]
    public async Task TakesTooLong_IsEndedAndHasFailed() =>
        Assert.Equal("timed_out", (await RunAsync("sleep 100", isDynamic: true, TimeSpan.FromMilliseconds(300))).Reason);

    [Fact]
    public async Task NoSuchProgram_SaysSo()
    {
        var method = new CheckMethod.Script(["/no/such"], null, null, TimeSpan.FromSeconds(5), IsDynamic: false);

        Assert.Equal("the check could not run: '/no/such' does not exist", (await ScriptProbe.RunAsync(method, new ScriptSecurity(_ => { }))).Reason);
    }

    [Fact]
    public async Task OthersMayChangeIt_IsRefusedWhereSecurityIsAskedFor()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only what runs as root is looked at");
        string path = Path.Combine(Directory.CreateTempSubdirectory("health-script").FullName, "check");
        await File.WriteAllTextAsync(path, "#!/bin/sh\nexit 0\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_111_111);
        var method = new CheckMethod.Script([path], "root", null, TimeSpan.FromSeconds(5), IsDynamic: false);

        Assert.True((await ScriptProbe.RunAsync(method, new ScriptSecurity(_ => { }))).IsSuccess);
        Assert.False((await ScriptProbe.RunAsync(method, new ScriptSecurity(_ => { }) { IsEnforced = true })).IsSuccess);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static Task<ProbeOutcome> RunAsync(string script, bool isDynamic, TimeSpan? timeout = null) => ScriptProbe.RunAsync(
        new CheckMethod.Script(["/bin/sh", "-c", script], null, null, timeout ?? TimeSpan.FromSeconds(20), isDynamic),
        new ScriptSecurity(_ => { }));
}
