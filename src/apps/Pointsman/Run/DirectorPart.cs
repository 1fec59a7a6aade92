using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Pointsman.App.Ipvsadm;
using Pointsman.Balance;
using Pointsman.Balance.Connections;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Control.Status;
using Pointsman.Dataplane;
using Pointsman.Engine;
using Pointsman.Linux.Timing;

namespace Pointsman.App.Run;

/// <summary>The director of the node: the engine that decides about servers, and the data path that follows it.</summary>
internal sealed class DirectorPart : IDisposable
{
    /// <summary>How often expired connections are retired and interfaces looked at again.</summary>
    private static readonly TimeSpan HousekeepingInterval = TimeSpan.FromSeconds(1);

    private readonly RunPaths _paths;
    private readonly Action<DaemonEvent> _post;
    private readonly NotificationPart _notifications;
    private readonly ILogger _log;
    private readonly List<DirectorAction> _actions = [];
    private Configuration _configuration;
    private readonly GuardPart _guard;
    private readonly PlanPace _pace = new();
    private ForwardingPart? _forwarding;
    private LvsTimeoutsConfig? _timeouts;
    private DirectorAction.ApplyPlan? _plan;
    private string _marksFault = "";
    private Instant _housekeepingAt = MonotonicClock.Now;

    internal DirectorPart(
        RunPaths paths, Configuration configuration, NotificationPart notifications, Action<DaemonEvent> post, ILogger log)
    {
        _notifications = notifications;
        _paths = paths;
        _configuration = configuration;
        _post = post;
        _log = log;
        _guard = new GuardPart(paths, log);
        Engine = new DirectorEngine(configuration, (_, _) => false);
    }

    internal DirectorEngine Engine { get; private set; }

    /// <summary>There is something in the kernel that asks for the VRRP process's leases.</summary>
    internal bool HasLeases => _forwarding is not null || _guard.IsOpen;

    internal Instant Deadline => Instant.Earlier(Instant.Earlier(CheckPace.WakeFor(Engine.Deadline), _pace.Deadline), _housekeepingAt)!.Value;

    /// <summary>
    /// Makes the data path, if this configuration has anything to balance and there is none yet; or else what guards the
    /// virtual addresses alone.
    /// </summary>
    /// <exception cref="DataplaneException">There is something to balance, and it cannot run here; the message says what to do.</exception>
    internal void Open(Configuration configuration)
    {
        if (_forwarding is not null)
        {
            return;
        }

        if (configuration.VirtualServers.IsEmpty)
        {
            XdpDataplane.RemoveLeftMarks(_paths.MarkNote);
            _guard.Open(configuration);
            return;
        }

        _forwarding = ForwardingPart.Open(
            _paths, configuration.Global.ConnectionTable, _notifications.Security, _post, line => Log.Line(_log, line));
        if (_forwarding.Adopted)
        {
            Log.Adopted(_log, _forwarding.AdoptedConnections);
        }

        _guard.Close();      // what it guarded is the data path's now
    }

    /// <summary>Starts the engine, with what the data path remembers of a former run.</summary>
    internal void Start()
    {
        Engine = new DirectorEngine(_configuration, (service, server) => _forwarding?.WasDown(service, server) ?? false);
        Engine.Remember(_forwarding?.PeersFound ?? []);
        Engine.OnInterfaces(_forwarding?.Attached ?? [], _actions);
        Engine.Start(MonotonicClock.Now, NewRandom(), _actions);
        _forwarding?.Follow(Engine.ServerAddresses);
        SetTimeouts();
        _guard.Run(_configuration);
        CarryOut();
    }

    // What was set by hand stays until the file says something else.
    private void SetTimeouts()
    {
        LvsTimeoutsConfig? wanted = _configuration.Global.LvsTimeouts;
        if (_forwarding is null || wanted == _timeouts)
        {
            return;
        }

        (TimeSpan tcp, TimeSpan tcpFin, TimeSpan udp) = NextTimeouts(wanted, _timeouts);
        _forwarding.SetTimeouts(tcp, tcpFin, udp);
        _timeouts = wanted;
    }

    /// <summary>What nobody speaks of any more is IPVS's again; what nobody spoke of stays as it is (zero).</summary>
    internal static (TimeSpan Tcp, TimeSpan TcpFin, TimeSpan Udp) NextTimeouts(LvsTimeoutsConfig? wanted, LvsTimeoutsConfig? before)
    {
        ConnectionTimeouts ipvs = ConnectionTimeouts.Default;
        return (
            Next(wanted?.Tcp, before?.Tcp, ipvs.Established), Next(wanted?.TcpFin, before?.TcpFin, ipvs.FinWait), Next(wanted?.Udp, before?.Udp, ipvs.Udp));

        static TimeSpan Next(TimeSpan? wanted, TimeSpan? before, TimeSpan usual) => wanted ?? (before is null ? default : usual);
    }

    /// <summary>Asks whether a data path can do what this configuration wants.</summary>
    /// <exception cref="DataplaneException">It cannot.</exception>
    internal void Check(Configuration next) => XdpDataplane.Check(Engine.Draft(next));

    /// <summary>What is changed by hand and no configuration: counters.</summary>
    /// <returns>Why they cannot be; null: done.</returns>
    internal string? SetBeside(IpvsadmRequest request)
    {
        // A service whose plan still waits for the ways to its servers has counted nothing yet.
        ServiceKey? service = request.Service?.Name;
        bool isZero = (_forwarding?.TryZero(service) ?? false) || service is not { } name
            || _configuration.VirtualServers.Any(server => server.Find(name) is not null);
        return isZero ? null : "No such service";
    }

    /// <summary>Gives the running engine another configuration. <see cref="Open"/> comes first.</summary>
    internal void Reload(Configuration next)
    {
        // A plan is of the moment in which it is built: one that waits must not meet half of the new configuration.
        ApplyPlan();
        if (next.Global.ConnectionTable != _configuration.Global.ConnectionTable)
        {
            _forwarding?.WantSize(next.Global.ConnectionTable);
        }

        _configuration = next;
        Engine.OnConfiguration(MonotonicClock.Now, NewRandom(), next, _actions);
        _forwarding?.Follow(Engine.ServerAddresses);
        SetTimeouts();
        _guard.Run(next);
        CarryOut();
        ApplyPlan();
    }

    internal void OnProbeFinished(DaemonEvent.ProbeFinished probe)
    {
        Engine.OnProbeOutcome(MonotonicClock.Now, probe.Id, probe.Outcome, _actions);
        CarryOut();
    }

    internal void OnFileRead(DaemonEvent.FileRead file)
    {
        Engine.OnFile(MonotonicClock.Now, file.Name, file.Number, _actions);
        CarryOut();
    }

    internal void OnPathTurned(string name, bool isUp, string why)
    {
        Engine.OnPath(MonotonicClock.Now, name, isUp, why, _actions);
        CarryOut();
    }

    internal void Order(int virtualServer, int realServer, ServerOrder? order)
    {
        Engine.OnOrder(virtualServer, realServer, order, _actions);
        CarryOut();
    }

    internal void OnMastership(string instance, bool isMaster) => Engine.OnMastership(instance, isMaster);

    /// <summary>The daemon ends in order.</summary>
    internal void Stop()
    {
        Engine.OnStop(_actions);
        CarryOut();
    }

    internal void OnReachable(DaemonEvent.ServersReachable servers)
    {
        foreach ((IpAddress server, Reachability way) in servers.Ways)
        {
            Engine.OnReachability(server, way, _actions);
        }

        CarryOut();
    }

    /// <param name="isQuiet">Nothing else waits to be handled: what has changed can be planned for.</param>
    internal void OnDeadline(Instant now, bool isQuiet)
    {
        Engine.OnDeadline(now, _actions);
        CarryOut();
        if (_pace.IsDue(now, isQuiet))
        {
            ApplyPlan();
        }

        if (now >= _housekeepingAt)
        {
            _housekeepingAt = now + HousekeepingInterval;
            KeepHouse();
        }
    }

    internal bool HasDataPath => _forwarding is not null;

    /// <summary>Null: not measured yet.</summary>
    internal Rates? Rates => _forwarding?.Rates;

    internal long TableWrites => _forwarding?.TableWrites ?? 0;

    internal ImmutableArray<InterfaceStatus> Interfaces() => _forwarding?.Interfaces() ?? [];

    /// <summary>Null: VRRP moves nothing here.</summary>
    internal DeadMansSwitchStatus? DeadMansSwitch()
    {
        if (_configuration.Instances.IsEmpty)
        {
            return null;
        }

        return _forwarding is null
            ? _guard.Status(_configuration)
            : new DeadMansSwitchStatus
            {
                State = _configuration.Global.DeadMansSwitch ? "on" : "off",
                Why = _configuration.Global.DeadMansSwitch ? "" : "the configuration says so, for all but the addresses of virtual servers",
                Interfaces = Interfaces(),
            };
    }

    /// <summary>Ends it all: nothing is forwarded any more, nothing stays pinned.</summary>
    internal void Purge()
    {
        _forwarding?.Purge();
        _guard.Purge();
    }

    public void Dispose()
    {
        _forwarding?.Dispose();
        _guard.Dispose();
    }

    private static Prng NewRandom() => new((ulong)Stopwatch.GetTimestamp() ^ (ulong)Environment.ProcessId);

    private void KeepHouse()
    {
        _guard.KeepHouse(_configuration);
        if (_forwarding is null)
        {
            return;
        }

        _forwarding.Sweep();
        KeepMarks();
        Engine.OnInterfaces(_forwarding.ChooseInterfaces(_configuration, Engine), _actions);
        CarryOut();
    }

    private void KeepMarks()
    {
        try
        {
            _forwarding?.KeepMarks();
            _marksFault = "";
        }
        catch (DataplaneException refused) when (refused.Message == _marksFault)
        {
            return;      // told already
        }
        catch (DataplaneException refused)
        {
            _marksFault = refused.Message;
            Log.PlanRefused(_log, refused.Message);
        }
    }

    private void CarryOut()
    {
        foreach (DirectorAction action in _actions)
        {
            switch (action)
            {
                case DirectorAction.Log line:
                    Log.Line(_log, line.Line);
                    break;
                case DirectorAction.Tell told:
                    _notifications.Tell(told.Notice);
                    break;
                case DirectorAction.StartProbe probe:
                    _forwarding?.Probe(probe);
                    break;
                case DirectorAction.ApplyPlan apply:
                    _plan = apply;
                    _pace.Ask(MonotonicClock.Now);
                    break;
                default:
                    throw new UnreachableException();
            }
        }

        _actions.Clear();
    }

    private void ApplyPlan()
    {
        if (_plan is not { } wanted)
        {
            return;
        }

        _plan = null;
        Instant begun = MonotonicClock.Now;
        try
        {
            _forwarding?.Apply(wanted.Plan);
        }
        catch (DataplaneException refused)
        {
            Log.PlanRefused(_log, refused.Message);
        }

        _pace.Done(begun, MonotonicClock.Now);
    }
}
