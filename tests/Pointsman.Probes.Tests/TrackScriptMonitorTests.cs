using System.Collections.Immutable;
using System.Threading.Channels;
using Pointsman.Health;

namespace Pointsman.Probes.Tests;

public sealed class TrackScriptMonitorTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pointsman-track-").FullName;
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();

    private string Flag => Path.Combine(_directory, "flag");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Script_FailsAndRecovers_TellsEachTurnInKeepalivedsWords()
    {
        await using TrackScriptMonitor monitor = Watch(["sh", "-c", $"test ! -e {Flag} || exit 3"]);
        Assert.Equal("up: VRRP_Script(chk) succeeded", await NextAsync());

        File.WriteAllText(Flag, "");
        Assert.Equal("log: Script `chk` now returning 3", await NextAsync());
        Assert.Equal("down: VRRP_Script(chk) failed (exited with status 3)", await NextAsync());

        File.Delete(Flag);
        Assert.Equal("log: Script `chk` now returning 0", await NextAsync());
        Assert.Equal("up: VRRP_Script(chk) succeeded", await NextAsync());
    }

    [Fact]
    public async Task Script_Hangs_IsTimedOutAndRunAgain()
    {
        await using TrackScriptMonitor monitor = Watch(["sh", "-c", $"test -e {Flag} || sleep 600"]);
        Assert.Equal("down: VRRP_Script(chk) timed_out", await NextAsync());

        File.WriteAllText(Flag, "");
        Assert.Equal("up: VRRP_Script(chk) succeeded", await NextAsync());
    }

    [Fact]
    public async Task RunFails_NobodyKnowsWhy_IsAFailure_AndTheNextOneIsMade()
    {
        await using TrackScriptMonitor monitor = Watch([null!]);
        Assert.StartsWith("down: VRRP_Script(chk) failed (could not be started: NullReferenceException", await NextAsync(), StringComparison.Ordinal);

        long? first = monitor.Snapshot.LastRunTimestamp;
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (monitor.Snapshot.LastRunTimestamp == first)
        {
            Assert.InRange(waited.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Snapshot_AfterARun_TellsStateAndOutcome()
    {
        await using TrackScriptMonitor monitor = Watch(["false"]);
        await NextAsync();
        await NextAsync();

        TrackScriptSnapshot snapshot = monitor.Snapshot;
        Assert.Equal(TrackScriptState.Down, snapshot.State);
        Assert.Equal(new ScriptOutcome.Exited(1), snapshot.LastOutcome);
        Assert.NotNull(snapshot.LastRunTimestamp);
    }

    [Fact]
    public async Task Disposed_WhileTheScriptRuns_EndsIt()
    {
        TrackScriptMonitor monitor = Watch(["sh", "-c", $"echo $$ > {Flag}; exec sleep 600"], TimeSpan.FromMinutes(5));
        while (!File.Exists(Flag) || new FileInfo(Flag).Length == 0)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        await monitor.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.False(Directory.Exists($"/proc/{File.ReadAllText(Flag).Trim()}"));
        Assert.False(_told.Reader.TryRead(out _));
    }

    private TrackScriptMonitor Watch(ImmutableArray<string> command, TimeSpan? timeout = null) => new(
        new TrackScript("chk", new ScriptCommand(command), TimeSpan.FromMilliseconds(20), timeout ?? TimeSpan.FromSeconds(1)),
        turned => _told.Writer.TryWrite($"{(turned.IsUp ? "up" : "down")}: {turned.LogLine}"),
        line => _told.Writer.TryWrite($"log: {line}"));

    private async Task<string> NextAsync() => await _told.Reader
        .ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
}
