using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Pointsman.App.Run;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Linux.Timing;
using Pointsman.PathWatch.Messages;

namespace Pointsman.App.Tests.Run;

/// <summary>There is no process to be had for BFD (no memory, no descriptors, the program is away for a moment), or the one there is hangs.</summary>
public sealed class PathWatchPartTests : IDisposable
{
    private static readonly Configuration s_onePath = new()
    {
        Bfds = [new BfdConfig("peer", new SourceSpan("test.conf", 1, 1, 1)) { Neighbor = IpAddress.Parse("192.0.2.1") }],
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-paths-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ProgramIsAway_ItIsTriedAgain_AndNobodyEnds()
    {
        string program = Path.Combine(_folder, "program");
        string away = Path.Combine(_folder, "away");
        File.WriteAllText(away, "#!/bin/sh\nexec cat > /dev/null\n");
        File.SetUnixFileMode(away, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var part = new PathWatchPart(new RunOptions(), _ => { }, NullLogger.Instance, program);
        part.Run(s_onePath);
        Assert.Null(part.ProcessId);
        Assert.NotNull(part.Deadline);

        part.OnDeadline(part.Deadline.Value);
        Assert.Null(part.ProcessId);
        Assert.True(part.Deadline > MonotonicClock.Now);

        // What becomes of the settings is another test's.
        File.Move(away, program);
        part.OnDeadline(part.Deadline.Value);
        Assert.NotNull(part.ProcessId);
    }

    [Fact]
    public void ProcessSaysNothing_ForThirtyLooks_AnotherTakesItsPlace()
    {
        string program = Path.Combine(_folder, "silent");
        File.WriteAllText(program, "#!/bin/sh\nexec sleep 60\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var said = new BlockingCollection<WatchEvent>();
        using var part = new PathWatchPart(
            new RunOptions(), happened => said.Add(((DaemonEvent.PathWatchSaid)happened).What), NullLogger.Instance, program);
        part.Run(s_onePath);
        int? first = part.ProcessId;
        Look(part, 29);

        // What it tells each second.
        part.OnSaid(new WatchEvent.SnapshotTaken([]), (_, _, _) => { });
        Look(part, 29);
        Assert.Equal(first, part.ProcessId);
        Assert.Empty(said);

        // It reads nothing either: nobody waits for it, and to be told something is no sign of life.
        for (int i = 0; i < 2000; i++)
        {
            part.Run(s_onePath);
        }

        Look(part, 1);
        Assert.True(said.TryTake(out WatchEvent? end, TimeSpan.FromSeconds(30)));
        part.OnSaid(end, (_, _, _) => { });
        Look(part, 1);
        Assert.NotNull(part.ProcessId);
        Assert.NotEqual(first, part.ProcessId);
    }

    private static void Look(PathWatchPart part, int times)
    {
        for (int i = 0; i < times; i++)
        {
            part.OnDeadline(part.Deadline!.Value);
        }
    }
}
