using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Linux.Timing;
using Pointsman.PathWatch.Client;
using Pointsman.PathWatch.Messages;

namespace Pointsman.App.Run;

/// <summary>
/// The paths watched by BFD, in a process of their own: its thread must be as punctual as that of VRRP, and must never be
/// in that one's way.
/// </summary>
internal sealed class PathWatchPart : IDisposable
{
    private static readonly TimeSpan RespawnDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>It tells each second how its sessions stand. While it does not, no path is seen to fail.</summary>
    private const int LooksUntilHung = 30;

    private readonly RunOptions _options;
    private readonly ILogger _log;
    private readonly PathWatchClient _client;
    private WatchSettings _settings = new();
    private string? _toldFault;
    private int _silentLooks;

    /// <param name="program">Which becomes the process; null: this one.</param>
    internal PathWatchPart(RunOptions options, Action<DaemonEvent> post, ILogger log, string? program = null)
    {
        _options = options;
        _log = log;
        _client = new PathWatchClient(program ?? Environment.ProcessPath!, said => post(new DaemonEvent.PathWatchSaid(said)));
    }

    /// <summary>When <see cref="OnDeadline"/> wants to be called.</summary>
    internal Instant? Deadline { get; private set; }

    /// <summary>Null while no process runs.</summary>
    internal int? ProcessId => _client.ProcessId;

    /// <summary>How the sessions stood within the last second.</summary>
    internal ImmutableArray<PathSnapshot> Paths { get; private set; } = [];

    /// <summary>The process has something to do, or was asked for whatever the configuration has.</summary>
    private bool IsWanted => _options.Bfd && (_options.AllProcesses || !_settings.Paths.IsEmpty);

    /// <summary>What is configured as before goes on.</summary>
    internal void Run(Configuration configuration)
    {
        _settings = new WatchSettings { Paths = [.. configuration.Bfds.Select(Translate)] };
        if (!IsWanted)
        {
            _client.Stop();
            Paths = [];
            Deadline = null;
            _silentLooks = 0;
        }
        else
        {
            RunClient();
        }
    }

    /// <param name="tell">Told of a path that turned.</param>
    internal void OnSaid(WatchEvent said, Action<string, bool, string> tell)
    {
        switch (said)
        {
            case WatchEvent.Turned turned:
                Log.Line(_log, turned.Text);
                tell(turned.Name, turned.IsUp, turned.Text);
                break;
            case WatchEvent.Noted note:
                Log.Warning(_log, note.Text);
                break;
            case WatchEvent.SnapshotTaken taken:
                Paths = taken.Paths;
                _silentLooks = 0;
                break;
            case WatchEvent.Exited { WasAsked: true }:
                break;
            case WatchEvent.Exited died:
                Log.PathWatchDied(_log, died.ExitCode);
                Deadline = MonotonicClock.Now + RespawnDelay;
                _silentLooks = 0;
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>The process died: another takes its place. Until it tells otherwise, paths count as they did.</summary>
    internal void OnDeadline(Instant now)
    {
        if (!(Deadline <= now))
        {
            return;
        }

        Deadline = null;
        if (_client.ProcessId is not { } pid)
        {
            if (IsWanted)
            {
                RunClient();
            }

            return;
        }

        // Counted in looks, not by the clock: where this process stood still as well, nobody is blamed for it. Where one that dies is not
        // to be started again, somebody may have halted it to look at it.
        Deadline = now + LookInterval;
        if (++_silentLooks == LooksUntilHung && _options.Respawns)
        {
            Log.PathWatchHangs(_log, pid);
            _client.Kill();
        }
    }

    internal void Stop() => _client.Stop();

    public void Dispose() => _client.Dispose();

    // Where there is no process for it now, there may be one later.
    private void RunClient()
    {
        _client.Run(_settings);
        if (_client.StartFault is { } fault)
        {
            if (fault != _toldFault)
            {
                Log.Warning(_log, $"The BFD child process cannot be started, which is tried again: {fault}");
            }
        }

        Deadline = MonotonicClock.Now + (_client.StartFault is null ? LookInterval : RespawnDelay);
        _toldFault = _client.StartFault;
    }

    private static WatchedPath Translate(BfdConfig bfd) => new()
    {
        Name = bfd.Name,
        Neighbor = bfd.Neighbor.ToString(),
        Source = bfd.SourceAddress?.ToString(),
        MinRxMs = bfd.MinRx.TotalMilliseconds,
        MinTxMs = bfd.MinTx.TotalMilliseconds,
        IdleTxMs = bfd.IdleTx.TotalMilliseconds,
        Multiplier = (byte)bfd.Multiplier,
        IsPassive = bfd.IsPassive,
        IsMultihop = bfd.IsMultihop,
        TimeToLive = (byte)bfd.EffectiveTimeToLive,
        MaxHops = bfd.MaxHops,
    };
}
