using System.Collections.Concurrent;
using System.Diagnostics;
using Pointsman.App.Run;
using Pointsman.Config;
using Pointsman.Config.Model;

namespace Pointsman.App.Tests.Run;

/// <summary>What a reload means to the processes that are watched.</summary>
public sealed class TrackingPartTests : IDisposable
{
    private static readonly SourceSpan Nowhere = new("test.conf", 1, 1, 1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-tracking-").FullName;
    private readonly ConcurrentQueue<bool> _told = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ProcessEnds_ReloadWhileItsDelayRuns_IsNoFaultBeforeTheDelayIsOver_AndNothingIsToldTwice()
    {
        string program = Path.Combine(_folder, "tracked-sleeper");
        File.Copy("/bin/sleep", program);
        using var part = new TrackingPart(happened =>
        {
            if (happened is DaemonEvent.ProcessTurned turned)
            {
                _told.Enqueue(turned.IsUp);
            }
        });
        using (Process process = Process.Start(program, "600"))
        {
            part.Run(Watching(quorum: 1));
            WaitFor(1);
            part.Run(Watching(quorum: 1));
            Thread.Sleep(700);
            process.Kill();
            process.WaitForExit();
        }

        part.Run(Watching(quorum: 1));
        Thread.Sleep(1200);
        Assert.Equal([true], _told);

        // Another number is another question.
        part.Run(Watching(quorum: 2));
        WaitFor(2);
        Assert.Equal([true, false], _told);
    }

    private static Configuration Watching(int quorum) => new()
    {
        TrackProcesses = [new TrackProcessConfig("p", Nowhere) { Command = ["tracked-sleeper"], Quorum = quorum, TerminateDelay = TimeSpan.FromMinutes(5) }],
    };

    private void WaitFor(int count)
    {
        var waited = Stopwatch.StartNew();
        while (_told.Count < count)
        {
            Assert.InRange(waited.Elapsed, TimeSpan.Zero, Patience);
            Thread.Sleep(10);
        }
    }
}
