using Microsoft.Extensions.Logging.Abstractions;
using Pointsman.App.Run;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Linux.Timing;

namespace Pointsman.App.Tests.Run;

/// <summary>There is no process to be had for BFD: no memory, no descriptors, or the program is away for a moment.</summary>
public sealed class PathWatchPartTests : IDisposable
{
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
        part.Run(new Configuration { Bfds = [new BfdConfig("peer", new SourceSpan("test.conf", 1, 1, 1)) { Neighbor = IpAddress.Parse("192.0.2.1") }] });
        Assert.Null(part.ProcessId);
        Assert.NotNull(part.Deadline);

        part.OnDeadline(part.Deadline.Value);
        Assert.Null(part.ProcessId);
        Assert.True(part.Deadline > MonotonicClock.Now);

        // What becomes of the settings is another test's.
        File.Move(away, program);
        part.OnDeadline(part.Deadline.Value);
        Assert.NotNull(part.ProcessId);
        Assert.Null(part.Deadline);
    }
}
