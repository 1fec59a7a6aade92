using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Engine;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;
using Pointsman.Probes;
using Pointsman.VirtualRouter;
using Pointsman.VirtualRouter.Client;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.App.Run;

/// <summary>The VRRP side of the daemon: the role process and the track scripts that feed it.</summary>
internal sealed class VirtualRouterPart : IDisposable
{
    // Beyond the time that leaving waits for a successor; a role that needs longer hangs.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    /// <summary>Short beside a lease's life, so that mastership survives; long enough for a role that dies at once.</summary>
    private static readonly TimeSpan RespawnDelay = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>The role's answer takes less than a millisecond. A master that hangs for so long has no lease any more.</summary>
    private const int BeatsUntilSilent = 10;

    /// <summary>As long as the role waits for this process: a machine that is so busy serves nobody.</summary>
    private const int BeatsUntilHung = 30;

    private readonly Action<DaemonEvent> _post;
    private readonly ILogger _log;
    private readonly ScriptSecurity _security;
    private readonly VirtualRouterClient _client;
    private readonly RunOptions _options;
    private readonly RunPaths _paths;
    private readonly StandingOrders _orders;
    private readonly TrackScriptsPart _scripts;
    private readonly TrackingPart _tracking;
    private VirtualRouterSettings? _settings;
    private Instant? _respawnAt;
    private Instant? _beatAt;
    private string? _toldFault;
    private Instant? _leavesBy;
    private bool _isClearingUp;

    internal VirtualRouterPart(
        RunOptions options, ScriptSecurity security, StandingOrders orders, Action<DaemonEvent> post, ILogger log)
    {
        _orders = orders;
        _security = security;
        _options = options;
        _paths = options.Paths;
        _post = post;
        _log = log;
        _scripts = new TrackScriptsPart(post);
        _tracking = new TrackingPart(post);
        _client = new VirtualRouterClient(RoleLaunch.Self, said => post(new DaemonEvent.RoleSaid(said)));
    }

    internal bool IsRunning => ProcessId is not null;

    internal int? ProcessId => _client.ProcessId;

    /// <summary>When <see cref="OnDeadline"/> wants to be called.</summary>
    internal Instant? Deadline => Instant.Earlier(Instant.Earlier(_respawnAt, _beatAt), _leavesBy);

    /// <summary>It was told to leave for good (<see cref="BeginLeaving"/>), and has not yet.</summary>
    internal bool IsLeaving => _leavesBy is not null;

    /// <summary>The role runs and does not answer: what it told last does not count.</summary>
    internal bool IsSilent { get; private set; }

    internal InstanceHistory History { get; } = new();

    /// <summary>The newest that the role has told; null before it told any.</summary>
    internal RoleSnapshot? Snapshot { get; private set; }

    internal ImmutableArray<TrackScriptSnapshot> Scripts => _scripts.Snapshots;

    /// <summary>
    /// Starts the role, or gives the running one new settings; mastership survives, and nothing happens where nothing
    /// has changed. Without instances none runs.
    /// </summary>
    /// <returns>False when a new role did not come up: all is as it was.</returns>
    internal bool TryStart(Configuration configuration, OwnershipMap ownership, bool hasLeases)
    {
        if (!NeedsRole(configuration))
        {
            RemoveRemains();
            Stop();

            // A FILE_CHECK's file may have to be made.
            _tracking.Run(configuration);
            return true;
        }

        TellMissingInterfaces(configuration);
        _security.IsEnforced = configuration.Global.EnableScriptSecurity;
        configuration = WithoutRefusedScripts(configuration);
        var virtualMacs = new VirtualMacPlan(configuration);
        var settings = new VirtualRouterSettings
        {
            Router = RouterTranslation.Translate(configuration, virtualMacs),
            Bindings = [.. configuration.Instances.Select(instance => RoleBindings.Of(instance, ownership, virtualMacs, hasLeases))],
            Announcements = RoleBindings.Announcements(configuration),
            Firewall = RoleBindings.Firewall(configuration.Global),
            Static = RoleBindings.Of(configuration.Static, configuration.Global),
            Orders = _orders.All,
            PolledInterfaces = [.. LinkBeats.Of(configuration).Select(link => link.Interface)],
            DelayAfterBoot = configuration.Global.VrrpDelayAfterBoot,
            RunDirectory = _paths.RunDirectory,
            BpfPinDirectory = hasLeases ? _paths.PinDirectory : null,
        };
        if (!_client.RunsWith(settings))
        {
            if (!TryStart(settings) && (_client.StartFault is null || IsRunning))
            {
                return false;
            }

            _settings = settings;
            _beatAt ??= MonotonicClock.Now;
        }

        _scripts.Run(
        [
            .. TrackedScripts(configuration).Select(script => new TrackScript(
                script.Name,
                CommandOf(script, configuration.Global),
                script.Interval,
                script.Timeout ?? script.Interval,
                script.Rise,
                script.Fall,
                script.InitFail)),
        ]);
        _tracking.Run(configuration);
        return true;
    }

    // Where there is no process for it now, there may be one later: nobody else is there to go on.
    private bool TryStart(VirtualRouterSettings settings)
    {
        bool isStarted = _client.Start(settings);
        if (_client.StartFault is { } fault)
        {
            if (fault != _toldFault)
            {
                Log.Warning(_log, $"The VRRP child process cannot be started, which is tried again: {fault}");
            }

            _respawnAt = MonotonicClock.Now + RetryDelay;
        }

        _toldFault = _client.StartFault;
        return isStarted;
    }

    /// <summary>The role runs, has nothing to do by this configuration, and may take long to leave: as long as it waits for a successor.</summary>
    internal bool HasToLeaveFor(Configuration configuration) => IsRunning && !_options.KeepsAddresses && !NeedsRole(configuration);

    /// <summary>The role says farewell and serves until its successor speaks; nobody waits for it. Afterwards <see cref="IsLeaving"/> is false.</summary>
    /// <returns>When it is gone at the latest.</returns>
    internal TimeSpan BeginLeaving()
    {
        TimeSpan patience = _client.AskToStop() + StopPatience;
        _leavesBy = MonotonicClock.Now + patience;
        return patience;
    }

    private bool NeedsRole(Configuration configuration) =>
        !configuration.Instances.IsEmpty || !configuration.Static.IsEmpty || _options.AllProcesses;

    /// <summary>What a role before has set on this host is still there.</summary>
    internal bool HasRemains => VirtualRouterProcess.HasRemains(_paths.RunDirectory);

    // After a crash, a file without VRRP: a role that has nothing to do puts the host in order.
    private void RemoveRemains()
    {
        if (!IsRunning && HasRemains)
        {
            _client.Start(new VirtualRouterSettings { Router = new VrrpRouterSettings(), RunDirectory = _paths.RunDirectory });
        }
    }

    /// <summary>What the role told. A snapshot is in <see cref="Snapshot"/> afterwards.</summary>
    internal void OnRole(RoleEvent said)
    {
        switch (said)
        {
            case RoleEvent.Started started:
                Log.RoleStarted(_log, started.ProcessId);
                break;
            case RoleEvent.StateChanged changed:
                History.OnStateChanged(changed);
                Log.Line(_log, changed.Text);
                break;
            case RoleEvent.GroupChanged group:
                Log.Line(_log, group.Text);
                break;
            case RoleEvent.Reported reported:
                Log.Line(_log, reported.Text);
                break;
            case RoleEvent.Noted { IsWarning: true } warning:
                Log.Warning(_log, warning.Text);
                break;
            case RoleEvent.Noted note:
                Log.Line(_log, note.Text);
                break;
            case RoleEvent.Reconfigured:
                break;      // the client has waited for it
            case RoleEvent.SnapshotTaken taken:
                Snapshot = taken.Snapshot;
                break;
            case RoleEvent.Exited when IsLeaving && !IsRunning:
                OnLeft();
                break;
            case RoleEvent.Exited { WasAsked: true }:
                break;
            case RoleEvent.Exited died when IsRunning:
                Log.RoleDiedBeside(_log, died.ExitCode);
                break;
            case RoleEvent.Exited died:
                Log.RoleDied(_log, died.ExitCode, _options.Respawns ? "Respawning" : "Stopping");
                _respawnAt = MonotonicClock.Now + RespawnDelay;
                break;
            default:
                throw new UnreachableException();
        }
    }

    // Another begins with other settings, and is told everything. One that had to be killed has left things on the host: a role that has
    // nothing to do removes them, and goes.
    private void OnLeft()
    {
        _settings = null;
        _leavesBy = null;
        if (HasRemains && !_isClearingUp)
        {
            _isClearingUp = true;
            RemoveRemains();
            if (IsRunning)
            {
                BeginLeaving();
                return;
            }
        }

        _isClearingUp = false;
    }

    internal void OnFileRead(DaemonEvent.FileRead file)
    {
        Log.Line(_log, string.Create(CultureInfo.InvariantCulture, $"track_file {file.Name} now has {file.Number}"));
        _client.ReportFile(file.Name, file.Number);
    }

    internal void OnProcessTurned(DaemonEvent.ProcessTurned process)
    {
        string quorum = process.IsUp ? "gained" : "lost";
        Log.Line(_log, string.Create(CultureInfo.InvariantCulture, $"Quorum {quorum} for tracked process {process.Name} ({process.Count} running)"));
        _client.ReportProcess(process.Name, process.IsUp);
    }

    internal void OnLinkBeat(DaemonEvent.LinkBeat beat)
    {
        Log.Line(_log, $"the driver of {beat.Interface} says that its link {(beat.Carries ? "carries" : "does not carry")}");
        _client.ReportLinkBeat(beat.Interface, beat.Carries);
    }

    internal void OnPathTurned(string name, bool isUp) => _client.ReportPath(name, isUp);

    internal void OnScriptTurned(TrackScriptEvent turned)
    {
        Log.Line(_log, turned.LogLine);
        _client.ReportTrack(turned.Name, turned.IsUp);
    }

    /// <summary>The role died: another takes its place with the same settings. One that runs is asked whether it lives.</summary>
    /// <returns>It has fallen silent, or speaks again: who is master here is another matter now.</returns>
    internal bool OnDeadline(Instant now)
    {
        if (_respawnAt <= now)
        {
            _respawnAt = null;
            if (_settings is not null && !IsRunning)
            {
                TryStart(_settings with { Orders = _orders.All });
            }
        }

        if (_leavesBy <= now)
        {
            // Told of its end, OnLeft goes on.
            Log.RoleHangs(_log, ProcessId ?? 0);
            _client.Kill();
            _leavesBy = now + StopPatience;
        }

        if (!(_beatAt <= now))
        {
            return false;
        }

        _beatAt = _settings is null ? null : now + BeatInterval;
        return Beat();
    }

    // Counted in beats, not by the clock: where this process stood still as well, nobody is blamed for it.
    private bool Beat()
    {
        int unanswered = _client.UnansweredBeats;
        bool wasSilent = IsSilent;
        IsSilent = unanswered >= BeatsUntilSilent;
        if (IsSilent && !wasSilent)
        {
            Log.RoleSilent(_log, ProcessId ?? 0, unanswered);
        }
        else if (wasSilent && !IsSilent && IsRunning)
        {
            Log.RoleAnswers(_log, ProcessId ?? 0);
        }

        // Somebody may have halted it to look at it, where one that dies is not to be started again.
        if (unanswered >= BeatsUntilHung && _options.Respawns)
        {
            Log.RoleHangs(_log, ProcessId ?? 0);
            _client.Kill();
        }

        _client.Beat();
        return IsSilent != wasSilent;
    }

    /// <summary>It serves: as master, or until its successor speaks.</summary>
    internal bool HoldsAddresses(string instance) => !IsSilent && History.State(instance) is VrrpState.Master or VrrpState.Leaving;

    internal bool IsMaster(string instance) => !IsSilent && History.State(instance) == VrrpState.Master;

    internal void Order(string instance, VrrpOrder order) => _client.Order(instance, order);

    internal void RequestSnapshot() => _client.RequestSnapshot();

    /// <returns>False when the role had to be killed.</returns>
    internal bool Stop()
    {
        _scripts.Run([]);
        _settings = null;
        _leavesBy = null;
        if (_options.KeepsAddresses)
        {
            return _client.Leave(StopPatience);
        }

        bool endedByItself = _client.Stop(StopPatience);
        if (!endedByItself)
        {
            RemoveRemains();
            _client.Stop(StopPatience);
        }

        return endedByItself;
    }

    public void Dispose()
    {
        _scripts.Dispose();
        _tracking.Dispose();
        _client.Dispose();
    }

    // Not an error: the interface may come later, and the instance with it.
    private void TellMissingInterfaces(Configuration configuration)
    {
        using var routes = new RouteClient();
        foreach (VrrpInstanceConfig instance in configuration.Instances)
        {
            if (routes.FindLink(instance.Interface) is null)
            {
                Log.InterfaceMissing(_log, instance.Name, instance.Interface);
            }
        }
    }

    private static ScriptCommand CommandOf(VrrpScriptConfig script, GlobalDefinitions global) =>
        ScriptSecurity.WithDefaultUser(new ScriptCommand(
            script.Command,
            script.User ?? global.ScriptUser,
            script.User is null ? global.ScriptGroup : script.Group));

    // As with keepalived an instance does not hang on a script that may not run.
    private Configuration WithoutRefusedScripts(Configuration configuration)
    {
        HashSet<string> refused =
        [
            .. configuration.Scripts
                .Where(script => !_security.MayRun($"vrrp_script {script.Name}", CommandOf(script, configuration.Global)))
                .Select(script => script.Name),
        ];
        return refused.Count == 0 ? configuration : configuration with
        {
            Scripts = configuration.Scripts.RemoveAll(script => refused.Contains(script.Name)),
            Instances =
            [
                .. configuration.Instances.Select(instance => instance with
                {
                    TrackScripts = instance.TrackScripts.RemoveAll(track => refused.Contains(track.Name)),
                }),
            ],
            SyncGroups =
            [
                .. configuration.SyncGroups.Select(group => group with
                {
                    Tracked = group.Tracked with
                    {
                        Scripts = group.Tracked.Scripts.RemoveAll(track => refused.Contains(track.Name)),
                    },
                }),
            ],
        };
    }

    private static IEnumerable<VrrpScriptConfig> TrackedScripts(Configuration configuration) =>
        configuration.Scripts.Where(script =>
            configuration.Instances.SelectMany(instance => instance.TrackScripts)
                .Concat(configuration.SyncGroups.SelectMany(group => group.Tracked.Scripts))
                .Any(track => track.Name == script.Name));
}
