using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Pointsman.App.Ipvsadm;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Engine;
using Pointsman.Linux.Timing;
using Pointsman.PathWatch.Messages;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.App.Run;

/* The control process. One thread, the one that calls Run, owns every part of it; the VRRP role's reader, probes, scripts,
   the reachability watcher, the control socket and signal handlers post to one bounded queue. An event goes to the part
   that it concerns; a part that waits for a moment says when, by its Deadline.

   When this process dies, what it pinned goes on: the VRRP role keeps the addresses and leases, the data path forwards.
   The next one finds both. */

/// <summary>Composes the parts of a running node and runs its loop.</summary>
internal sealed class Daemon : IDisposable
{
    /// <summary>More events than this are waiting only if the engine hangs; posting threads then wait.</summary>
    private const int QueueCapacity = 8192;

    private const int LeavingPollMs = 20;

    private readonly RunOptions _options;
    private readonly ILogger _log;
    private readonly EventQueue<DaemonEvent> _queue = new(QueueCapacity);
    private readonly ConfigurationPart _configuration;
    private readonly ByHandPart _byHand;
    private readonly DirectorPart _director;
    private readonly VirtualRouterPart _router;
    private readonly PathWatchPart _paths;
    private readonly NotificationPart _notifications;
    private readonly StandingOrders _standingOrders;
    private readonly OrderPart _orders;
    private readonly ServerOrderPart _serverOrders;
    private readonly HandList _hand;
    private readonly HandEffects _handEffects;
    private readonly SynchronisationPart _synchronisation;
    private readonly StatusPart _status;
    private readonly DumpPart _dump;
    private readonly AddressLog? _addresses;
    private readonly ProcessIdFiles _pids;
    private ConfigurationReading? _waitsForRole;
    private string? _stopping;

    internal Daemon(RunOptions options, Configuration configuration, ProcessIdFiles pids, ILogger log)
    {
        _pids = pids;
        _options = options;
        _log = log;
        _configuration = new ConfigurationPart(options, configuration, _queue.Post, log);
        _byHand = new ByHandPart(options.Paths, log);
        _notifications = new NotificationPart(_queue.Post, log);
        _director = new DirectorPart(options.Paths, _byHand.Under(configuration).Over(configuration), _notifications, _queue.Post, log);
        _standingOrders = new StandingOrders(options.Paths.MaintenanceNote);
        _router = new VirtualRouterPart(options, _notifications.Security, _standingOrders, _queue.Post, log);
        _paths = new PathWatchPart(options, _queue.Post, log);
        _orders = new OrderPart(_standingOrders, _router, log);
        _serverOrders = new ServerOrderPart(options.Paths, _director, log);
        _hand = new HandList(_byHand, _serverOrders);
        _handEffects = new HandEffects(
            CheckByHand, TryApplyByHand, SetBeside, (service, server) => _hand.OnSetting(service, server, _configuration.Current));
        _synchronisation = new SynchronisationPart(options.Paths, _router.HoldsAddresses, _queue.Post, log);
        _status = new StatusPart(options, _director, _router, _notifications.Sending, _paths, _synchronisation);
        _dump = new DumpPart(_router, "/tmp", log);
        _addresses = options.LogAddresses ? new AddressLog(line => _queue.Post(new DaemonEvent.Line(line))) : null;
    }

    internal int Run()
    {
        Log.Starting(_log, ProgramVersion.Text);
        Log.ConfigurationFile(_log, _options.ConfigFile);
        _standingOrders.Read();
        using var signals = new SignalPart(_queue.Post);
        _byHand.OnFile(_configuration.Current);
        _director.Open(InForce);
        _director.Start();
        _serverOrders.Open(InForce);
        TryStartRouter(_configuration.Current);
        _synchronisation.Run(_configuration.Current);
        using var control = new ControlPart(_options.Paths, _queue.Post, _log);
        Log.StartupComplete(_log);
        Loop();
        return End(_stopping!);
    }

    public void Dispose()
    {
        // First: nobody takes from it any more, and who waits to post would be waited for.
        _queue.Dispose();
        _addresses?.Dispose();
        _synchronisation.Dispose();
        _paths.Dispose();
        _router.Dispose();
        _notifications.Dispose();
        _director.Dispose();
    }

    private void Loop()
    {
        while (_stopping is null)
        {
            Instant? others = Instant.Earlier(Instant.Earlier(_router.Deadline, _paths.Deadline), Instant.Earlier(_status.Deadline, _synchronisation.Deadline));
            Instant wakeAt = Instant.Earlier(_director.Deadline, others)!.Value;
            int timeoutMs = (int)Math.Clamp(Math.Ceiling((wakeAt - MonotonicClock.Now).TotalMilliseconds), 0, 60_000);
            if (_queue.TryTake(out DaemonEvent? happened, timeoutMs))
            {
                Handle(happened);
            }

            Instant now = MonotonicClock.Now;
            _director.OnDeadline(now, isQuiet: _queue.Count == 0);
            if (_router.OnDeadline(now))
            {
                OnRoleSilence();
            }

            _paths.OnDeadline(now);
            _synchronisation.OnDeadline(now);
            if (_serverOrders.IsDue)
            {
                _serverOrders.OnDeadline(InForce);
            }

            if (_status.Deadline <= now)
            {
                _status.Answer(_configuration, SetByHand);
            }
        }
    }

    private void Handle(DaemonEvent happened)
    {
        switch (happened)
        {
            case DaemonEvent.ProbeFinished probe:
                _director.OnProbeFinished(probe);
                break;
            case DaemonEvent.ServersReachable servers:
                _director.OnReachable(servers);
                break;
            case DaemonEvent.RoleSaid said:
                OnRole(said.What);
                break;
            case DaemonEvent.ScriptTurned turned:
                _router.OnScriptTurned(turned.What);
                break;
            case DaemonEvent.FileRead file:
                _router.OnFileRead(file);
                _director.OnFileRead(file);
                break;
            case DaemonEvent.LinkBeat beat:
                _router.OnLinkBeat(beat);
                break;
            case DaemonEvent.ProcessTurned process:
                _router.OnProcessTurned(process);
                break;
            case DaemonEvent.PathWatchSaid said:
                _paths.OnSaid(said.What, OnPathTurned);
                _pids.OnBfdProcess(_paths.ProcessId);
                EndUnlessRespawned(said.What is WatchEvent.Exited { WasAsked: false });
                break;
            case DaemonEvent.Line line:
                Log.Line(_log, line.Text);
                break;
            case DaemonEvent.StatusAsked asked when _status.Ask(asked.Answer):
                break;
            case DaemonEvent.StatusAsked:
                _status.Answer(_configuration, SetByHand);
                break;
            case DaemonEvent.OrderAsked order:
                order.Answer.TrySetResult(_orders.Obey(order.What, order.Name, _configuration.Current));
                break;
            case DaemonEvent.ServerOrderAsked order:
                order.Answer.TrySetResult(_serverOrders.Obey(order.Arguments, InForce));
                break;
            case DaemonEvent.ServerReportAsked asked:
                _status.Report(asked, _configuration);
                break;
            case DaemonEvent.HandOrdersAsked hand:
                hand.Answer.TrySetResult(_byHand.Obey(hand.Lines, _configuration.Current, _handEffects));
                break;
            case DaemonEvent.ReloadAsked asked:
                _configuration.Ask(asked.Request);
                break;
            case DaemonEvent.ConfigurationRead read:
                OnConfigurationRead(read.Reading);
                break;
            case DaemonEvent.DumpAsked { HasFigures: true }:
                _dump.AskForFigures();
                break;
            case DaemonEvent.DumpAsked:
                _dump.WriteConfiguration(InForce);
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

    private void OnPathTurned(string name, bool isUp, string why)
    {
        _router.OnPathTurned(name, isUp);
        _director.OnPathTurned(name, isUp, why);
    }

    private void OnRole(RoleEvent said)
    {
        _router.OnRole(said);
        if (!_router.IsLeaving)
        {
            // Of instances that are in the file no more, what the file says of their end is told when it holds.
            _notifications.OnRole(said);
        }

        switch (said)
        {
            case RoleEvent.SnapshotTaken:
                _status.Answer(_configuration, SetByHand);
                _dump.OnSnapshot();
                break;
            case RoleEvent.Started:
                _orders.OnRoleStarted();
                _pids.OnVrrpProcess(_router.ProcessId);
                break;
            case RoleEvent.Exited exited:
                _pids.OnVrrpProcess(_router.ProcessId);
                EndUnlessRespawned(!exited.WasAsked && !_router.IsRunning);
                if (_waitsForRole is { } reading && !_router.IsLeaving && !_router.IsRunning)
                {
                    OnRoleLeft(reading);
                }

                break;
            case RoleEvent.StateChanged changed:
                _orders.OnStateChanged(changed);
                _director.OnMastership(changed.Instance, changed.To == VrrpState.Master);
                _synchronisation.OnMastership();
                break;
            default: break;
        }
    }

    private void OnRoleSilence()
    {
        foreach (VrrpInstanceConfig instance in _configuration.Current.Instances)
        {
            _director.OnMastership(instance.Name, _router.IsMaster(instance.Name));
        }

        _synchronisation.OnMastership();
    }

    private void EndUnlessRespawned(bool hasDied)
    {
        if (hasDied && !_options.Respawns)
        {
            _stopping ??= "a child process died, and --dont-respawn says to stop then";
        }
    }

    // A file without VRRP: the role serves until its successor speaks, which may take a whole interval of its adverts, and the data path
    // with it. All goes on as before meanwhile; then the file is applied whole.
    private void OnConfigurationRead(ConfigurationReading reading)
    {
        if (_configuration.NextOf(reading) is { } next && _router.HasToLeaveFor(next) && CheckByHand(_byHand.Under(next).Over(next)) is null)
        {
            _waitsForRole = reading;
            Log.RoleLeaves(_log, _router.BeginLeaving().TotalSeconds);
            return;
        }

        _configuration.OnRead(reading, TryApply, () => SetByHand);
    }

    private void OnRoleLeft(ConfigurationReading reading)
    {
        Configuration before = _configuration.Current;
        _waitsForRole = null;
        _configuration.OnRead(reading, TryApply, () => SetByHand);
        if (ReferenceEquals(_configuration.Current, before))
        {
            // The data path refuses now what it would have taken then: what is in force has a role.
            TryStartRouter(before);
        }
    }

    // What can be refused comes first; the VRRP role before the director, so that a lease stands before the plan asks for it.
    /// <returns>Why it cannot be applied, with nothing changed; or null.</returns>
    private string? TryApply(Configuration next)
    {
        Configuration inForce = _byHand.Under(next).Over(next);
        try
        {
            _director.Open(inForce);
            _director.Check(inForce);
        }
        catch (Dataplane.DataplaneException refused)
        {
            return refused.Message;
        }

        if (!TryStartRouter(next))
        {
            return "the VRRP process did not come up with the new settings; the one before serves on";
        }

        _options.SetUmask(next.Global);
        _director.Reload(inForce);
        _synchronisation.Run(next);
        _hand.OnFile(next);
        return null;
    }

    private string? SetBeside(IpvsadmRequest request) =>
        request.SyncRole is null ? _director.SetBeside(request) : _synchronisation.Obey(request);

    private ImmutableArray<string> SetByHand => _hand.Lines(_configuration.Current);

    /// <summary>What the file says, and what is set by hand over it.</summary>
    private Configuration InForce => _byHand.Table.Over(_configuration.Current);

    /// <returns>Why the data path would refuse it; or null.</returns>
    private string? CheckByHand(Configuration inForce)
    {
        try
        {
            _director.Check(inForce);
            return null;
        }
        catch (Dataplane.DataplaneException refused)
        {
            return refused.Message;
        }
    }

    /// <returns>Why it cannot be applied, with nothing changed; or null.</returns>
    private string? TryApplyByHand(Configuration inForce)
    {
        if (!_options.Checkers)
        {
            return "this daemon was started without balancing (--vrrp)";
        }

        try
        {
            _director.Open(inForce);
            _director.Check(inForce);
        }
        catch (Dataplane.DataplaneException refused)
        {
            return refused.Message;
        }

        _director.Reload(inForce);
        return null;
    }

    private bool TryStartRouter(Configuration configuration)
    {
        if (!_router.TryStart(configuration, new OwnershipMap(configuration), _director.HasLeases))
        {
            return false;
        }

        _notifications.Start(configuration);
        _paths.Run(configuration);
        CountUnwatchedPaths(configuration);
        _pids.OnBfdProcess(_paths.ProcessId);
        _pids.OnVrrpProcess(_router.ProcessId);
        return true;
    }

    // As with keepalived: who tracks a path that nobody watches is in FAULT, and a real server whose check follows one stays as it is.
    private void CountUnwatchedPaths(Configuration configuration)
    {
        if (_options.Bfd)
        {
            return;
        }

        foreach (BfdConfig path in configuration.Bfds)
        {
            Log.PathUnwatched(_log, path.Name);
            _router.OnPathTurned(path.Name, isUp: false);
        }
    }

    // The data path serves until the role has handed over or given up; only then does it go.
    private int End(string why)
    {
        Log.Stopping(_log, why);
        _waitsForRole = null;
        Task<bool> leaving = Task.Run(_router.Stop);
        while (!leaving.IsCompleted || _queue.Count > 0)
        {
            if (!_queue.TryTake(out DaemonEvent? last, LeavingPollMs))
            {
                continue;
            }

            switch (last)
            {
                case DaemonEvent.RoleSaid { What: not RoleEvent.SnapshotTaken } said:
                    OnRole(said.What);
                    break;
                case DaemonEvent.Line line:
                    Log.Line(_log, line.Text);
                    break;
                default:
                    break;
            }
        }

        _paths.Stop();
        _synchronisation.Dispose();
        if (!_options.KeepsTables)
        {
            _director.Stop();
        }

        _notifications.Finish();
        while (_queue.TryTake(out DaemonEvent? word, timeoutMs: 0))
        {
            if (word is DaemonEvent.Line line)
            {
                Log.Line(_log, line.Text);
            }
        }

        if (!leaving.Result)
        {
            Log.RoleKilled(
                _log, _router.HasRemains ? "what it had set on this host (addresses, routes) is still there" : "what it had set on this host was removed");
        }

        if (!_options.KeepsTables)
        {
            _director.Purge();
        }

        Log.Stopped(_log, ProgramVersion.Text);
        return ExitCode.Ok;
    }
}
