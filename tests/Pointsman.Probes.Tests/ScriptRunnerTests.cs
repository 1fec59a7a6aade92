using System.Diagnostics;
using Pointsman.Health;

namespace Pointsman.Probes.Tests;

public sealed class ScriptRunnerTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly string _directory = Directory.CreateTempSubdirectory("pointsman-scripts-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(77)]
    public async Task Exits_StatusComesBack(int status) =>
        Assert.Equal(new ScriptOutcome.Exited(status), await RunAsync($"exit {status}"));

    // A program may leave with 128 and a number as well.
    [Fact]
    public async Task EndedByASignal_IsNoStatus()
    {
        Assert.Equal(new ScriptOutcome.Killed(9, "last words"), await RunAsync("echo last words; kill -KILL $$"));
        Assert.Equal(new ScriptOutcome.Killed(11), await RunAsync("kill -SEGV $$"));
        Assert.Equal(new ScriptOutcome.Exited(137), await RunAsync("exit 137"));
    }

    // The runtime ignores SIGPIPE. Signals above 31 are the C library's own.
    [Fact]
    public async Task SignalsAndFolder_AreAsForAnyProgram()
    {
        string[] said = Assert.IsType<ScriptOutcome.Exited>(
            await RunAsync("echo $(sed -n 's/^Sig[BI][lg][kn]:.//p' /proc/self/status) $(pwd)")).Output.Split(' ');

        Assert.Equal(3, said.Length);
        Assert.All(said[..2], mask => Assert.Equal(0ul, Convert.ToUInt64(mask, 16) & 0x7fffffff));
        Assert.Equal("/", said[2]);
    }

    [Fact]
    public async Task Prints_StartOfItComesBackOnOneLine() => Assert.Equal(
        new ScriptOutcome.Exited(3, "out err"), await RunAsync("echo out; sleep 0.1; echo err >&2; exit 3"));

    [Fact]
    public async Task PrintsMuch_IsCutAndDoesNotBlock()
    {
        var exited = Assert.IsType<ScriptOutcome.Exited>(await RunAsync("head -c 1000000 /dev/zero | tr '\\0' x"));

        Assert.Equal(0, exited.Status);
        Assert.Equal(512, exited.Output.Length);
    }

    [Fact]
    public async Task Arguments_AreNotReadByAShell() => Assert.Equal(
        new ScriptOutcome.Exited(0, "$HOME; `id` a  b"),
        await ScriptRunner.RunAsync(new ScriptCommand(["echo", "$HOME;", "`id`", "a  b"]), Long));

    [Fact]
    public async Task FileInPlaceOfAProgram_IsOpenedOnly_AsTheUser()
    {
        string file = Path.Combine(_directory, "not a program");
        var opens = new ScriptCommand(["<" + file]);
        var missing = Assert.IsType<ScriptOutcome.Exited>(await ScriptRunner.RunAsync(opens, Long));
        Assert.Equal(2, missing.Status);
        Assert.Contains(file, missing.Output, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, "exit 9\n", TestContext.Current.CancellationToken);
        Assert.Equal(new ScriptOutcome.Exited(0), await ScriptRunner.RunAsync(opens, Long));

        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root becomes another user");
        Assert.Equal(2, Assert.IsType<ScriptOutcome.Exited>(await ScriptRunner.RunAsync(opens with { User = "nobody" }, Long)).Status);
    }

    [Fact]
    public async Task StandardInput_IsEmpty() => Assert.Equal(new ScriptOutcome.Exited(0, "got nothing"),
        await RunAsync("read line || echo got nothing"));

    [Fact]
    public async Task TakesTooLong_IsEndedWithAllItStarted()
    {
        string childFile = Path.Combine(_directory, "child");

        ScriptOutcome outcome = await RunAsync($"sleep 600 & echo $! > {childFile}; wait", TimeSpan.FromMilliseconds(500));

        Assert.IsType<ScriptOutcome.TimedOut>(outcome);
        await AssertEndsAsync(childFile);
    }

    [Fact]
    public async Task TakesTooLongAndIgnoresTerm_IsKilled()
    {
        string childFile = Path.Combine(_directory, "child");
        long started = Stopwatch.GetTimestamp();

        ScriptOutcome outcome = await RunAsync($"trap '' TERM; echo $$ > {childFile}; while :; do sleep 600; done", TimeSpan.FromMilliseconds(500));

        Assert.IsType<ScriptOutcome.TimedOut>(outcome);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(2), Long);
        await AssertEndsAsync(childFile);
    }

    [Fact]
    public async Task LeavesAChildHoldingItsOutput_IsNotWaitedFor()
    {
        string childFile = Path.Combine(_directory, "child");
        try
        {
            Assert.Equal(
                new ScriptOutcome.Exited(0, "done"),
                await RunAsync($"sleep 600 & echo $! > {childFile}; echo done").WaitAsync(Long, TestContext.Current.CancellationToken));
        }
        finally
        {
            Process.GetProcessById(ReadPid(childFile)).Kill();
        }
    }

    [Fact]
    public async Task ManyRunAtOnce_HoldNoPoolThreads()
    {
        using var stop = new CancellationTokenSource();
        Task[] running = [.. Enumerable.Range(0, 40).Select(_ =>
            ScriptRunner.RunAsync(new ScriptCommand(["sleep", "600"]), TimeSpan.FromMinutes(10), stop.Token))];

        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => { })));
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(running));

        // Forty held threads would make the pool grow one by one, which takes it many seconds.
        Assert.InRange(elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Missing_IsNotStartedInWords()
    {
        Assert.Equal(
            new ScriptOutcome.NotStarted("'/nonexistent/chk' does not exist"),
            await ScriptRunner.RunAsync(new ScriptCommand(["/nonexistent/chk"]), Long));
        Assert.Equal(
            new ScriptOutcome.NotStarted("'no-such-program-here' is not in PATH"),
            await ScriptRunner.RunAsync(new ScriptCommand(["no-such-program-here"]), Long));
    }

    [Fact]
    public async Task NotExecutable_IsNotStartedInWords()
    {
        string script = Path.Combine(_directory, "chk.sh");
        await File.WriteAllTextAsync(script, "exit 0\n", TestContext.Current.CancellationToken);

        Assert.Equal(
            new ScriptOutcome.NotStarted($"'{script}' is not executable; chmod +x it"),
            await ScriptRunner.RunAsync(new ScriptCommand([script]), Long));
    }

    [Fact]
    public async Task User_Unknown_IsNotStarted() => Assert.IsType<ScriptOutcome.NotStarted>(
        await ScriptRunner.RunAsync(new ScriptCommand(["true"], User: "no-such-user-here"), Long));

    [Fact]
    public async Task User_Given_RunsAsThatUser()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can run a script as another user");

        Assert.Equal(
            new ScriptOutcome.Exited(0, "nobody nogroup"),
            await ScriptRunner.RunAsync(new ScriptCommand(["sh", "-c", "echo $(id -un) $(id -gn)"], User: "nobody"), Long));
    }

    [Fact]
    public async Task Group_Given_RunsWithThatGroup()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can run a script as another user");

        Assert.Equal(
            new ScriptOutcome.Exited(0, "nobody daemon"),
            await ScriptRunner.RunAsync(
                new ScriptCommand(["sh", "-c", "echo $(id -un) $(id -gn)"], User: "nobody", Group: "daemon"), Long));
    }

    private static Task<ScriptOutcome> RunAsync(string shell, TimeSpan? timeout = null) =>
        ScriptRunner.RunAsync(new ScriptCommand(["sh", "-c", shell]), timeout ?? Long);

    private static int ReadPid(string file) =>
        int.Parse(File.ReadAllText(file), System.Globalization.CultureInfo.InvariantCulture);

    // A killed orphan is gone once whoever inherited it has buried it; a zombie is dead enough.
    private static async Task AssertEndsAsync(string pidFile)
    {
        string stat = $"/proc/{ReadPid(pidFile)}/stat";
        for (int i = 0; i < 500; i++)
        {
            try
            {
                if (File.ReadAllText(stat).Split(')')[1].StartsWith(" Z", StringComparison.Ordinal))
                {
                    return;
                }
            }
            catch (IOException)
            {
                return;
            }

            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"{stat} is still there");
    }
}
