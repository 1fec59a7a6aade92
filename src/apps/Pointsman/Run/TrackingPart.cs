using System.Diagnostics;
using System.Globalization;
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
    private Dictionary<string, TrackProcessMachine> _machines = [];
    private TrackProcessMonitor? _processes;
    private LinkBeatMonitor? _links;

    internal void Run(Configuration configuration)
    {
        RunFiles([
            .. configuration.TrackFiles.Select(file => new TrackedFile(file.Name, file.Path, file.InitialNumber, file.Overwrites)),
        ]);

        _processes?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        KeepMachines(configuration);
        _processes = new TrackProcessMonitor(
            [.. configuration.TrackProcesses.Select(process => (Translate(process), _machines[KeyOf(process, configuration)]))],
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

    // A process that is watched as before is counted on: what was told of it stands, and its delays run. One that nobody tracked until
    // now begins anew: what was told of it once is forgotten.
    private void KeepMachines(Configuration configuration)
    {
        Dictionary<string, TrackProcessMachine> former = _machines;
        _machines = [];
        foreach (TrackProcessConfig process in configuration.TrackProcesses)
        {
            string key = KeyOf(process, configuration);
            _machines[key] = former.GetValueOrDefault(key) ?? Machine(process);
        }
    }

    private static string KeyOf(TrackProcessConfig process, Configuration configuration)
    {
        bool isTracked = configuration.Instances.SelectMany(instance => instance.TrackProcesses)
            .Concat(configuration.SyncGroups.SelectMany(group => group.Tracked.Processes))
            .Any(tracked => tracked.Name == process.Name);
        return string.Join(
            '\0',
            [
                process.Name, $"{isTracked} {process.Match} {process.FullCommand}",
                string.Create(CultureInfo.InvariantCulture, $"{process.Quorum} {process.QuorumMax} {process.TerminateDelay} {process.ForkDelay}"),
                .. process.Command,
            ]);
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
