using System.Collections.Immutable;
using Pointsman.Probes;

namespace Pointsman.App.Run;

/// <summary>The track scripts that run; one that is configured as before runs on through a reload.</summary>
internal sealed class TrackScriptsPart(Action<DaemonEvent> post) : IDisposable
{
    private readonly List<(TrackScript Script, TrackScriptMonitor Monitor)> _running = [];

    /// <summary>By name: those that are told to end and may take two seconds for it, for which a reload does not wait.</summary>
    private readonly Dictionary<string, Task> _ending = new(StringComparer.Ordinal);

    internal ImmutableArray<TrackScriptSnapshot> Snapshots => [.. _running.Select(running => running.Monitor.Snapshot)];

    internal void Run(IReadOnlyCollection<TrackScript> wanted)
    {
        List<(TrackScript Script, TrackScriptMonitor Monitor)> before = [.. _running];
        _running.Clear();
        foreach ((TrackScript script, TrackScriptMonitor monitor) in before)
        {
            if (wanted.Any(candidate => IsSame(candidate, script)))
            {
                _running.Add((script, monitor));
            }
            else
            {
                _ending[script.Name] = monitor.DisposeAsync().AsTask();
            }
        }

        foreach (TrackScript script in wanted)
        {
            if (!_running.Exists(running => running.Script.Name == script.Name))
            {
                _running.Add((script, new TrackScriptMonitor(
                    script,
                    turned => post(new DaemonEvent.ScriptTurned(turned)),
                    line => post(new DaemonEvent.Line(line)),
                    _ending.GetValueOrDefault(script.Name))));
            }
        }
    }

    public void Dispose()
    {
        Run([]);
        Task.WhenAll(_ending.Values).GetAwaiter().GetResult();
    }

    private static bool IsSame(TrackScript one, TrackScript other) =>
        one.Command.Arguments.SequenceEqual(other.Command.Arguments)
        && one.Command with { Arguments = other.Command.Arguments } == other.Command
        && one with { Command = other.Command } == other;
}
