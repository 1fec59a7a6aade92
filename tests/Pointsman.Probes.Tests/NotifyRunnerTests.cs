using System.Collections.Concurrent;
using Pointsman.Probes.Notifying;

namespace Pointsman.Probes.Tests;

public sealed class NotifyRunnerTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly string _directory = Directory.CreateTempSubdirectory("pointsman-notify-").FullName;
    private readonly ConcurrentQueue<string> _log = new();

    private string Written => Path.Combine(_directory, "written");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task ScriptsOfOneSubject_RunInOrder_EvenWhenTheFirstIsSlow()
    {
        await using NotifyRunner runner = Make(new NotifyLimits());
        runner.Run("A", Shell($"sleep 0.3; echo first >> {Written}"));
        for (int i = 0; i < 5; i++)
        {
            runner.Run("A", Shell($"echo {i} >> {Written}"));
        }

        await runner.FinishAsync(Long);

        Assert.Equal(["first", "0", "1", "2", "3", "4"], await File.ReadAllLinesAsync(Written, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ScriptsOfOtherSubjects_DoNotWait()
    {
        await using NotifyRunner runner = Make(new NotifyLimits());
        runner.Run("A", Shell("sleep 600"));
        runner.Run("B", Shell($"echo b >> {Written}"));

        await WaitForAsync(() => File.Exists(Written));
    }

    [Fact]
    public async Task SlowScript_NextStartsBesideItAfterAWhile()
    {
        await using NotifyRunner runner = Make(new NotifyLimits { Patience = TimeSpan.FromMilliseconds(200) });
        runner.Run("A", Shell($"sleep 600; echo never >> {Written}"));
        runner.Run("A", Shell($"echo next >> {Written}"));

        await WaitForAsync(() => File.Exists(Written));
        Assert.Contains(_log, line => line.StartsWith("A: script still runs after 0.2 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TooManySlowScripts_TheOldestIsEnded()
    {
        await using NotifyRunner runner = Make(new NotifyLimits { Patience = TimeSpan.FromMilliseconds(100), BesideCount = 1 });
        runner.Run("A", Shell("sleep 600"));
        runner.Run("A", Shell("sleep 601"));
        runner.Run("A", Shell($"echo third >> {Written}"));

        await WaitForAsync(() => File.Exists(Written));
        Assert.Contains("A: script was ended: /bin/sh -c sleep 600", _log);
        Assert.DoesNotContain("A: script was ended: /bin/sh -c sleep 601", _log);
    }

    [Fact]
    public async Task TooManyWait_TheOldestIsLeftOut()
    {
        await using NotifyRunner runner = Make(new NotifyLimits { WaitingCount = 2 });
        string go = Path.Combine(_directory, "go");
        runner.Run("A", Shell($"touch {Written}.begun; while [ ! -e {go} ]; do sleep 0.05; done"));
        await WaitForAsync(() => File.Exists(Written + ".begun"));
        for (int i = 0; i < 3; i++)
        {
            runner.Run("A", Shell($"echo {i} >> {Written}"));
        }

        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        await runner.FinishAsync(Long);

        Assert.Equal(["1", "2"], await File.ReadAllLinesAsync(Written, TestContext.Current.CancellationToken));
        Assert.Contains(_log, line => line.StartsWith("A: too many scripts wait; left out: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fails_IsToldWithWhatItSaid()
    {
        await using NotifyRunner runner = Make(new NotifyLimits());
        runner.Run("A", Shell("echo no route; exit 3"));
        runner.Run("A", new ScriptCommand(["/does/not/exist"]));

        await runner.FinishAsync(Long);

        Assert.Contains(
            "A: script failed (exited with status 3) (it said: no route): /bin/sh -c echo no route; exit 3", _log);
        Assert.Contains(
            "A: script failed (could not be started: '/does/not/exist' does not exist): /does/not/exist", _log);
    }

    [Fact]
    public async Task Finish_EndsWhatStillRuns()
    {
        await using NotifyRunner runner = Make(new NotifyLimits());
        runner.Run("A", Shell("sleep 600"));

        await runner.FinishAsync(TimeSpan.FromMilliseconds(100)).WaitAsync(Long, TestContext.Current.CancellationToken);

        Assert.Contains("A: script was ended: /bin/sh -c sleep 600", _log);
    }

    private static ScriptCommand Shell(string script) => new(["/bin/sh", "-c", script], Environment.UserName);

    private static async Task WaitForAsync(Func<bool> isSo)
    {
        for (int i = 0; i < 1000 && !isSo(); i++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.True(isSo(), "it did not come to pass in 20 s");
    }

    private NotifyRunner Make(NotifyLimits limits) => new(new ScriptSecurity(_log.Enqueue), _log.Enqueue, limits);
}
