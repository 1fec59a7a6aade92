using System.Collections.Concurrent;
using Pointsman.Linux;
using Pointsman.Probes.Notifying;

namespace Pointsman.Probes.Tests;

public sealed class NotifyPipeTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pointsman-pipe-").FullName;
    private readonly ConcurrentQueue<string> _log = new();

    private string PipePath => Path.Combine(_directory, "pipe");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Reader_GetsThePathAndTheLinesInOrder()
    {
        string got = Path.Combine(_directory, "got");
        await using (var pipe = new NotifyPipe(PipePath, null, null, new ScriptCommand(["/bin/sh", "-c", $"cat $0 > {got}"]), _log.Enqueue))
        {
            pipe.Write("INSTANCE \"VI_1\" BACKUP 100\n");
            pipe.Write("INSTANCE \"VI_1\" MASTER 100\n");
            await WaitForAsync(() => File.Exists(got) && File.ReadAllText(got).Split('\n').Length == 3);
            Assert.Equal("INSTANCE \"VI_1\" BACKUP 100\nINSTANCE \"VI_1\" MASTER 100\n", await File.ReadAllTextAsync(got, Stop));
        }

        Assert.False(File.Exists(PipePath), "a pipe made here is taken away");
    }

    [Fact]
    public async Task NobodyReads_WritesNeverWait_AndAreToldOnce()
    {
        await using var pipe = new NotifyPipe(PipePath, null, null, reader: null, _log.Enqueue);
        string line = new string('x', 1000) + "\n";
        for (int i = 0; i < 200; i++)
        {
            pipe.Write(line);
        }

        Assert.InRange(pipe.Dropped, 1, 199);
        Assert.Equal([$"Nobody reads {PipePath}, and it is full: events are lost there"], _log);
    }

    [Fact]
    public async Task ReaderEnds_IsStartedAgain()
    {
        string runs = Path.Combine(_directory, "runs");
        await using var pipe = new NotifyPipe(PipePath, null, null, new ScriptCommand(["/bin/sh", "-c", $"echo run >> {runs}"]), _log.Enqueue);

        await WaitForAsync(() => File.Exists(runs) && File.ReadAllLines(runs).Length >= 2);
    }

    [Fact]
    public async Task ReaderCannotBeRun_NobodyKnowsWhy_IsTriedAgain()
    {
        await using var pipe = new NotifyPipe(PipePath, null, null, new ScriptCommand([null!]), _log.Enqueue);

        await WaitForAsync(() => _log.Count(line => line.Contains("NullReferenceException", StringComparison.Ordinal)) >= 2);
    }

    [Fact]
    public async Task FormerReaderTakesItsTime_NextOneWaitsForIt_AndGetsAllThatWasWritten()
    {
        string begun = Path.Combine(_directory, "begun");
        string got = Path.Combine(_directory, "got");
        var stubborn = new ScriptCommand(["/bin/sh", "-c", $"trap '' TERM; touch {begun}; while :; do sleep 0.1; done"]);
        var former = new NotifyPipe(PipePath, null, null, stubborn, _log.Enqueue);
        await WaitForAsync(() => File.Exists(begun));

        Task ending = former.DisposeAsync().AsTask();
        await using (var next = new NotifyPipe(PipePath, null, null, new ScriptCommand(["/bin/sh", "-c", $"cat $0 > {got}"]), _log.Enqueue, ending))
        {
            next.Write("one\n");
            next.Write("two\n");
            Assert.False(ending.IsCompleted);
            Assert.False(File.Exists(got));
            await WaitForAsync(() => File.Exists(got) && File.ReadAllText(got) == "one\ntwo\n");
            Assert.True(ending.IsCompleted);
        }

        Assert.False(File.Exists(PipePath));
        Assert.Empty(_log);
    }

    [Fact]
    public async Task WaitsForAFormerOne_AndIsFull_LinesAreLost_AndItIsSaid()
    {
        var former = new TaskCompletionSource();
        await using var pipe = new NotifyPipe(PipePath, null, null, reader: null, _log.Enqueue, former.Task);
        string line = new string('x', 1000) + "\n";
        for (int i = 0; i < 200; i++)
        {
            pipe.Write(line);
        }

        Assert.InRange(pipe.Dropped, 100, 199);
        Assert.Equal([$"Nobody reads {PipePath}, and it is full: events are lost there"], _log);
        former.SetResult();
        await WaitForAsync(() => File.Exists(PipePath));
    }

    [Fact]
    public async Task WaitsForAFormerOne_AndThenSomethingElseHasTheName_IsSaid()
    {
        var former = new TaskCompletionSource();
        await using var pipe = new NotifyPipe(PipePath, null, null, reader: null, _log.Enqueue, former.Task);
        File.WriteAllText(PipePath, "mine");
        former.SetException(new IOException("whatever became of it"));
        await WaitForAsync(() => _log.Any(line => line.StartsWith($"No events go to {PipePath}: ", StringComparison.Ordinal)));
        pipe.Write("one\n");
        Assert.Equal("mine", File.ReadAllText(PipePath));
    }

    [Fact]
    public async Task WaitsForAFormerOne_IsDisposedBefore_MakesNothing()
    {
        var former = new TaskCompletionSource();
        var pipe = new NotifyPipe(PipePath, null, null, new ScriptCommand(["true"]), _log.Enqueue, former.Task);
        Task ending = pipe.DisposeAsync().AsTask();
        former.SetResult();
        await ending;
        Assert.False(File.Exists(PipePath));
    }

    [Fact]
    public void SomethingElseHasTheName_IsRefused()
    {
        File.WriteAllText(PipePath, "mine");

        Assert.Throws<ErrnoException>(() => new NotifyPipe(PipePath, null, null, reader: null, _log.Enqueue));
        Assert.Equal("mine", File.ReadAllText(PipePath));
    }

    [Fact]
    public void UnknownUser_IsRefused() => Assert.Contains(
        "no such user",
        Assert.Throws<ErrnoException>(() => new NotifyPipe(PipePath, "nobody-at-all", null, reader: null, _log.Enqueue)).Message,
        StringComparison.Ordinal);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task WaitForAsync(Func<bool> isSo)
    {
        for (int i = 0; i < 1000 && !isSo(); i++)
        {
            await Task.Delay(20, Stop);
        }

        Assert.True(isSo(), "it did not come to pass in 20 s");
    }
}
