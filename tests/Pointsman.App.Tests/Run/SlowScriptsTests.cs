using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Pointsman.App.Run;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Probes;

namespace Pointsman.App.Tests.Run;

/// <summary>Scripts that heed no SIGTERM and are given two seconds: a reload does not wait for them, and the end of the daemon does.</summary>
public sealed class SlowScriptsTests : IDisposable
{
    private static readonly SourceSpan Nowhere = new("test.conf", 1, 1, 1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-slow-").FullName;
    private readonly ConcurrentQueue<DaemonEvent> _said = new();

    private string Runs => Path.Combine(_folder, "runs");

    private string PipePath => Path.Combine(_folder, "pipe");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ReaderOfAPipe_IsNotWaitedFor_NorIsTheNextPipeOfThatName()
    {
        var part = new NotificationPart(_said.Enqueue, NullLogger.Instance);
        part.Start(Piped("first"));
        int reader = WaitForRun(1);
        part.Start(Piped("second"));
        Assert.True(IsRunning(reader), "the reload waited for the reader");
        Assert.NotEqual(reader, WaitForRun(2));
        Assert.False(IsRunning(reader), "two readers of one pipe");

        part.Start(new Configuration());
        Assert.True(File.Exists(PipePath), "the reload waited for the reader");
        part.Finish();
        Assert.False(File.Exists(PipePath));
        part.Dispose();
        Assert.Empty(_said);
    }

    [Fact]
    public void TrackScript_IsNotWaitedFor_AndNeverRunsTwiceAtATime()
    {
        var part = new TrackScriptsPart(_said.Enqueue);
        part.Run([Tracked(interval: 30)]);
        int run = WaitForRun(1);
        part.Run([Tracked(interval: 31)]);
        Assert.True(IsRunning(run), "the reload waited for the script");
        int next = WaitForRun(2);
        Assert.False(IsRunning(run), "two runs at a time");
        part.Dispose();
        Assert.False(IsRunning(next), "the end of the daemon did not wait");
        Assert.Empty(_said);
    }

    private static bool IsRunning(int process) => Directory.Exists($"/proc/{process}");

    private string[] Stubborn(string word) => ["/bin/sh", "-c", $"trap '' TERM; echo $$ >> {Runs}; while :; do sleep 0.1; done", word];

    private TrackScript Tracked(int interval) =>
        new("slow", new ScriptCommand([.. Stubborn("tracked")]), TimeSpan.FromSeconds(interval), TimeSpan.FromSeconds(interval));

    private Configuration Piped(string word) => new()
    {
        Global = new GlobalDefinitions
        {
            VrrpNotifyFifo = new NotifyFifoConfig(PipePath, null, null) { Script = new NotifyScriptConfig([.. Stubborn(word)], "root", null, Nowhere) },
        },
    };

    private int WaitForRun(int number)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            string[] runs = File.Exists(Runs) ? File.ReadAllLines(Runs) : [];
            if (runs.Length >= number)
            {
                return int.Parse(runs[number - 1], CultureInfo.InvariantCulture);
            }

            Assert.True(waited.Elapsed < Patience, string.Join('\n', _said));
            Thread.Sleep(20);
        }
    }
}
