using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Control;
using Pointsman.Control.Status;
using Pointsman.Engine;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.App.Run;

/* The control process. One thread, the one that calls Run, owns the engine and everything in this class; the VRRP role's
   reader, probes, scripts, the reachability watcher, the control socket and signal handlers post to one bounded queue.

   When this process dies, what it pinned goes on: the VRRP role keeps the addresses and leases, the data path forwards.
   The next one finds both. */

/// <summary>Composes the parts of a running node and runs its loop.</summary>
internal sealed class Daemon : IDisposable
{
    /// <summary>More events than this are waiting only if the engine hangs; posting threads then wait.</summary>
    private const int QueueCapacity = 8192;

    /// <summary>How often expired connections are retired and interfaces looked at again.</summary>
    private static readonly TimeSpan HousekeepingInterval = TimeSpan.FromSeconds(1);

    /// <summary>The role answers in well under a millisecond; a status without its newest figures beats none.</summary>
    private static readonly TimeSpan SnapshotPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>Short beside a lease's life, so that mastership survives; long enough for a role that dies at once.</summary>
    private static readonly TimeSpan RespawnDelay = TimeSpan.FromMilliseconds(200);

    private const int LeavingPollMs = 20;

    private readonly RunOptions _options;
    private readonly ILogger _log;
    private readonly BlockingCollection<DaemonEvent> _queue = new(QueueCapacity);
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly List<TaskCompletionSource<NodeStatus>> _askers = [];
    private readonly List<DirectorAction> _actions = [];
    private readonly Instant _started = MonotonicClock.Now;
    private readonly VirtualRouterPart _router;
    private readonly InstanceHistory _history = new();
    private Configuration _configuration;
    private DirectorEngine _engine;
    private ForwardingPart? _forwarding;
    private RoleSnapshot? _snapshot;
    private Instant? _answerBy;
    private Instant? _respawnAt;
    private uint _generation;
    private string? _stopping;

    internal Daemon(RunOptions options, Configuration configuration, ILogger log)
    {
        _options = options;
        _log = log;
        _configuration = Restrict(configuration);
        _router = new VirtualRouterPart(options.Paths, Post);
        _engine = new DirectorEngine(_configuration, (_, _) => false);
    }

    private bool RunsVrrp => !_configuration.Instances.IsEmpty;

    internal int Run()
    {
        Log.Starting(_log, ProgramVersion.Text);
        Log.ConfigurationFile(_log, _options.ConfigFile);
        ListenToSignals();
        if (!_configuration.VirtualServers.IsEmpty)
        {
            _forwarding = ForwardingPart.Open(_options.Paths, Post, line => Log.Line(_log, line));
            if (_forwarding.Adopted)
            {
                Log.Adopted(_log, _forwarding.AdoptedConnections);
            }
        }

        StartEngine();
        if (RunsVrrp)
        {
            _router.Start(_configuration, _engine.Ownership, _forwarding is not null);
        }

        ControlServer control = ControlServer.Start(
            _options.Paths.ControlSocket, AnswerAsync, fault => Log.ControlFault(_log, fault.Message));
        Log.StartupComplete(_log);
        int code = Loop();
        control.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return code;
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }

        _router.Dispose();
        _forwarding?.Dispose();
        _queue.Dispose();
    }

    private Configuration Restrict(Configuration configuration) => configuration with
    {
        Instances = _options.Vrrp ? configuration.Instances : [],
        SyncGroups = _options.Vrrp ? configuration.SyncGroups : [],
        VirtualServers = _options.Checkers ? configuration.VirtualServers : [],
    };

    private void Post(DaemonEvent happened)
    {
        try
        {
            _queue.Add(happened);
        }
        catch (Exception late) when (late is ObjectDisposedException or InvalidOperationException)
        {
            // The daemon has ended; nobody is left to care.
        }
    }

    private void ListenToSignals()
    {
        Listen(PosixSignal.SIGTERM, new DaemonEvent.StopAsked("SIGTERM"));
        Listen(PosixSignal.SIGINT, new DaemonEvent.StopAsked("SIGINT"));
        Listen(PosixSignal.SIGHUP, new DaemonEvent.ReloadAsked());
    }

    private void Listen(PosixSignal signal, DaemonEvent happened) =>
        _signals.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            Post(happened);
        }));

    // Not an error: the interface may come later, and the instance with it.
    private void TellMissingInterfaces()
    {
        using var routes = new RouteClient();
        foreach (VrrpInstanceConfig instance in _configuration.Instances)
        {
            if (routes.FindLink(instance.Interface) is null)
            {
                Log.InterfaceMissing(_log, instance.Name, instance.Interface);
            }
        }
    }

    private void StartEngine()
    {
        TellMissingInterfaces();
        var random = new Prng((ulong)Stopwatch.GetTimestamp() ^ (ulong)Environment.ProcessId);
        ImmutableArray<Balance.PeerDirector> peers = _generation == 0 ? _forwarding?.PeersFound ?? [] : _engine.Peers;
        _engine = new DirectorEngine(_configuration, IsKnownDown(), _generation++);
        _engine.Remember(peers);
        _engine.Start(MonotonicClock.Now, random, _actions);
        _forwarding?.Follow(_engine.ServerAddresses);
        CarryOut();
    }

    // At a reload the old engine knows best, at a restart the pinned tables do.
    private Func<Balance.ServiceKey, TransportEndpoint, bool> IsKnownDown()
    {
        if (_generation == 0)
        {
            return (service, server) => _forwarding?.WasDown(service, server) ?? false;
        }

        DirectorEngine before = _engine;
        return (service, server) => before.IsDown(service, server);
    }

    private int Loop()
    {
        Instant housekeepingAt = MonotonicClock.Now;
        while (_stopping is null)
        {
            Instant now = MonotonicClock.Now;
            Instant wakeAt = Instant.Earlier(
                Instant.Earlier(_engine.Deadline, _answerBy), Instant.Earlier(_respawnAt, housekeepingAt))!.Value;
            int timeoutMs = (int)Math.Clamp(Math.Ceiling((wakeAt - now).TotalMilliseconds), 0, 60_000);
            if (_queue.TryTake(out DaemonEvent? happened, timeoutMs))
            {
                Handle(happened);
            }

            now = MonotonicClock.Now;
            _engine.OnDeadline(now, _actions);
            CarryOut();
            if (_answerBy <= now)
            {
                AnswerAskers();
            }

            if (_respawnAt <= now)
            {
                _respawnAt = null;
                _router.Respawn();
            }

            if (now >= housekeepingAt)
            {
                housekeepingAt = now + HousekeepingInterval;
                KeepHouse();
            }
        }

        return End(_stopping);
    }

    private void Handle(DaemonEvent happened)
    {
        switch (happened)
        {
            case DaemonEvent.ProbeFinished probe:
                _engine.OnProbeOutcome(MonotonicClock.Now, probe.Id, probe.Outcome, _actions);
                break;
            case DaemonEvent.ServerReachable server:
                _engine.OnReachability(server.Server, server.Way, _actions);
                break;
            case DaemonEvent.RoleSaid said:
                OnRole(said.What);
                break;
            case DaemonEvent.ScriptTurned turned:
                Log.Line(_log, turned.What.LogLine);
                _router.ReportTrack(turned.What);
                break;
            case DaemonEvent.Line line:
                Log.Line(_log, line.Text);
                break;
            case DaemonEvent.StatusAsked asked:
                OnStatusAsked(asked.Answer);
                break;
            case DaemonEvent.ReloadAsked:
                Reload();
                break;
            case DaemonEvent.StopAsked stop:
                _stopping = stop.Why;
                break;
            case DaemonEvent.ThreadFailed failed:
                Log.ThreadFailed(_log, failed.Thread, failed.Cause.Message);
                Environment.FailFast($"{failed.Thread}: {failed.Cause}");
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void OnRole(RoleEvent said)
    {
        switch (said)
        {
            case RoleEvent.Started started:
                Log.RoleStarted(_log, started.ProcessId);
                break;
            case RoleEvent.StateChanged changed:
                _history.OnStateChanged(changed);
                Log.Line(_log, changed.Text);
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
            case RoleEvent.SnapshotTaken taken:
                _snapshot = taken.Snapshot;
                AnswerAskers();
                break;
            case RoleEvent.Exited { WasAsked: true }:
                break;
            case RoleEvent.Exited died:
                Log.RoleDied(_log, died.ExitCode);
                _respawnAt = MonotonicClock.Now + RespawnDelay;
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void CarryOut()
    {
        Balance.ForwardingPlan? plan = null;
        foreach (DirectorAction action in _actions)
        {
            switch (action)
            {
                case DirectorAction.Log line:
                    Log.Line(_log, line.Line);
                    break;
                case DirectorAction.StartProbe probe:
                    _forwarding?.Probe(probe.Probe);
                    break;
                case DirectorAction.ApplyPlan apply:
                    plan = apply.Plan;
                    break;
                default:
                    throw new UnreachableException();
            }
        }

        _actions.Clear();
        if (plan is not null)
        {
            Apply(plan);
        }
    }

    private void Apply(Balance.ForwardingPlan plan)
    {
        try
        {
            _forwarding?.Apply(plan);
        }
        catch (Dataplane.DataplaneException refused)
        {
            Log.PlanRefused(_log, refused.Message);
        }
    }

    private void KeepHouse()
    {
        if (_forwarding is null)
        {
            return;
        }

        _forwarding.Sweep();
        _engine.OnInterfaces(_forwarding.ChooseInterfaces(_configuration, _engine), _actions);
        CarryOut();
    }

    private async ValueTask<ControlReply> AnswerAsync(ControlRequest request, CancellationToken cancellation)
    {
        if (request.Verb != "status")
        {
            return ControlReply.UnknownVerb(request.Verb);
        }

        var answer = new TaskCompletionSource<NodeStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(new DaemonEvent.StatusAsked(answer));
        NodeStatus status = await answer.Task.WaitAsync(cancellation);
        return ControlReply.Ok(status, ControlJson.Default.NodeStatus);
    }

    private void OnStatusAsked(TaskCompletionSource<NodeStatus> asker)
    {
        _askers.Add(asker);
        if (!_router.IsRunning)
        {
            AnswerAskers();
            return;
        }

        if (_answerBy is null)
        {
            _answerBy = MonotonicClock.Now + SnapshotPatience;
            _router.RequestSnapshot();
        }
    }

    private void AnswerAskers()
    {
        _answerBy = null;
        if (_askers.Count == 0)
        {
            return;
        }

        NodeStatus status = StatusBuilder.Build(new StatusBuilder.Facts(
            _options, _configuration, _engine, _history, _snapshot, _router.Scripts, _forwarding?.Read(),
            _forwarding?.Interfaces() ?? [], MonotonicClock.Now, _started));
        foreach (TaskCompletionSource<NodeStatus> asker in _askers)
        {
            asker.TrySetResult(status);
        }

        _askers.Clear();
    }

    /// <summary>Reads the file aside and applies it whole, or not at all.</summary>
    private void Reload()
    {
        Log.Reloading(_log);
        ConfigResult? read = ConfigFile.Read(_options, out string? error);
        if (read?.Configuration is null)
        {
            foreach (Diagnostic diagnostic in read?.Diagnostics ?? [])
            {
                Log.Warning(_log, DiagnosticRenderer.OneLine(diagnostic));
            }

            Log.ReloadRefused(_log, error ?? $"{_options.ConfigFile} has errors");
            return;
        }

        Configuration next = Restrict(read.Configuration);
        try
        {
            if (_forwarding is null && !next.VirtualServers.IsEmpty)
            {
                _forwarding = ForwardingPart.Open(_options.Paths, Post, line => Log.Line(_log, line));
            }
        }
        catch (Dataplane.DataplaneException refused)
        {
            Log.ReloadRefused(_log, refused.Message);
            return;
        }

        _configuration = next;
        StartEngine();
        if (RunsVrrp)
        {
            _router.Start(_configuration, _engine.Ownership, _forwarding is not null);
        }
        else
        {
            _router.Stop();
        }

        Log.ReloadComplete(_log);
    }

    // The data path serves until the role has handed over or given up; only then does it go.
    private int End(string why)
    {
        Log.Stopping(_log, why);
        Task<bool> leaving = Task.Run(_router.Stop);
        while (!leaving.IsCompleted || _queue.Count > 0)
        {
            if (_queue.TryTake(out DaemonEvent? last, LeavingPollMs) && last is DaemonEvent.RoleSaid { What: not RoleEvent.SnapshotTaken } said)
            {
                OnRole(said.What);
            }
        }

        if (!leaving.Result)
        {
            Log.RoleKilled(_log);
        }

        _forwarding?.Purge();
        Log.Stopped(_log, ProgramVersion.Text);
        return ExitCode.Ok;
    }
}
