using System.Diagnostics;
using Pointsman.Config.Model;
using Pointsman.Engine;
using Pointsman.Health;
using Pointsman.Linux.Network;
using Pointsman.Probes.Tracking;

namespace Pointsman.App.Run;

/// <summary>The files and processes that are watched; those configured as before are watched on through a reload.</summary>
internal sealed class TrackingPart(Action<DaemonEvent> post) : IDisposable
{
    private readonly List<(TrackedFile File, TrackFileMonitor Monitor)> _files = [];
    private TrackProcessMonitor? _processes;
    private LinkBeatMonitor? _links;

    internal void Run(Configuration configuration)
    {
        RunFiles([
            .. configuration.TrackFiles.Select(file => new TrackedFile(file.Name, file.Path, file.InitialNumber, file.Overwrites)),
        ]);

        // What it has told is remembered by whoever was told; counting anew tells what is different.
        _processes?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _processes = new TrackProcessMonitor(
            [.. configuration.TrackProcesses.Select(process => (Translate(process), Machine(process)))],
            (name, isUp, count) => post(new DaemonEvent.ProcessTurned(name, isUp, count)),
            line => post(new DaemonEvent.Line(line)));
        _links?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _links = new LinkBeatMonitor(
            [.. LinkBeats.Of(configuration).Select(link => (link.Interface, Translate(link.Method)))],
            (name, carries) => post(new DaemonEvent.LinkBeat(name, carries)));
    }

    public void Dispose()
    {
        RunFiles([]);
        _processes?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _processes = null;
        _links?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _links = null;
    }

    private static LinkBeatSource Translate(LinkBeatMethod method) => method switch
    {
        LinkBeatMethod.Any => LinkBeatSource.Any,
        LinkBeatMethod.Mii => LinkBeatSource.Mii,
        LinkBeatMethod.Ethtool => LinkBeatSource.Ethtool,
        LinkBeatMethod.Ioctl => LinkBeatSource.Ioctl,
        _ => throw new UnreachableException(),
    };

    private static TrackedProcess Translate(TrackProcessConfig process) => new(
        process.Name,
        process.Command,
        process.Match switch
        {
            null => null,
            ProcessParameterMatch.Exact => ParameterMatch.Exact,
            ProcessParameterMatch.Initial => ParameterMatch.Initial,
            ProcessParameterMatch.Partial => ParameterMatch.Partial,
            _ => throw new UnreachableException(),
        },
        process.FullCommand);

    private static TrackProcessMachine Machine(TrackProcessConfig process) =>
        new(process.Quorum, process.QuorumMax, process.TerminateDelay, process.ForkDelay);

    private void RunFiles(IReadOnlyCollection<TrackedFile> wanted)
    {
        foreach ((TrackedFile file, TrackFileMonitor monitor) in _files.Where(running => !wanted.Contains(running.File)).ToList())
        {
            _files.Remove((file, monitor));
            monitor.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        foreach (TrackedFile file in wanted.Where(file => !_files.Exists(running => running.File == file)))
        {
            _files.Add((file, new TrackFileMonitor(
                file,
                (name, number) => post(new DaemonEvent.FileRead(name, number)),
                line => post(new DaemonEvent.Line(line)))));
        }
    }
}
