using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Engine;
using Pointsman.Health;

namespace Pointsman.Sim.World;

// The control process of a node around the real engine: checks, neighbours, plans, the track script, and the life of the
// VRRP process. While frozen, what happens to it waits.

/// <summary>A control process, which can be killed and frozen.</summary>
internal sealed class SimControl(SimNode node)
{
    // The VRRP process of a control process that died serves on for so long.
    private static readonly TimeSpan OrphanGrace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_roundTrip = TimeSpan.FromMilliseconds(1);

    private readonly List<DirectorAction> _actions = [];
    private readonly Queue<Action> _waiting = new();
    private DirectorEngine? _engine;
    private bool? _reported;
    private bool? _pathReported;
    private Instant? _timerSetTo;
    private uint _generation;
    private int _life;
    private bool _isStopping;

    public bool IsRunning => _engine is not null;

    public bool IsFrozen { get; private set; }

    private EventQueue Clock => node.Cluster.Clock;

    private Prng Random => node.Cluster.Random;

    // ---- life

    public void Start()
    {
        if (IsRunning || !node.IsPowered || node.IsFrozen)
        {
            return;
        }

        node.Log("control process starts");
        _life++;
        _isStopping = false;
        _reported = null;
        _pathReported = null;
        _timerSetTo = null;
        ForwardingPlan before = node.DataPath.Plan;
        _engine = new DirectorEngine(node.Configuration, (_, server) => WasDown(before, server), _generation++);
        _engine.Remember(before.Peers);
        _engine.Start(Clock.Now, Random, _actions);
        Obey();
        _engine.OnInterfaces([2], _actions);
        Obey();
        After(TimeSpan.FromMilliseconds(1) + Random.NextSpan(TimeSpan.FromMilliseconds(10)), () =>
        {
            LookAround();
            After(Random.NextSpan(TimeSpan.FromMilliseconds(30)), OnTick);
        });
        ReplaceRole();
    }

    public void Kill()
    {
        if (!IsRunning)
        {
            return;
        }

        node.Log("control process dies");
        _engine = null;
        IsFrozen = false;
        _waiting.Clear();
        int life = ++_life;
        Clock.After(OrphanGrace, () =>
        {
            if (life == _life)
            {
                node.Role.Stop();
            }
        });
    }

    /// <summary>An orderly stop; the second one is impatient.</summary>
    public void Stop()
    {
        if (IsRunning && !IsFrozen)
        {
            node.Log("told to stop");
            _isStopping = true;
            if (node.Role.Router is null)
            {
                OnRoleEnded();
            }
            else
            {
                node.Role.Stop();
            }
        }
    }

    /// <summary>New settings: the engine takes them in, and so does the role; or it makes way for the next one.</summary>
    public void Reload()
    {
        if (IsRunning && !IsFrozen && !_isStopping && node.Role.Router is not null)
        {
            node.Log("told to reload");
            _engine!.OnConfiguration(Clock.Now, Random, node.Configuration, _actions);
            Obey();
            if (Random.OneIn(3))
            {
                ReplaceRole();
            }
            else
            {
                node.Role.Reconfigure();
                _reported = null;
                _pathReported = null;
            }
        }
    }

    public void Freeze()
    {
        if (IsRunning && !IsFrozen)
        {
            node.Log("control process freezes");
            IsFrozen = true;
        }
    }

    public void Thaw()
    {
        if (!IsFrozen)
        {
            return;
        }

        node.Log("control process thaws");
        IsFrozen = false;
        while (_waiting.TryDequeue(out Action? waited))
        {
            waited();
        }
    }

    public void OnRoleEnded() => Do(_life, () =>
    {
        if (_isStopping)
        {
            node.Log("control process ends");
            _engine = null;
            _life++;
        }
        else
        {
            After(TimeSpan.FromMilliseconds(10) + Random.NextSpan(TimeSpan.FromSeconds(2)), StartRole);
        }
    });

    /// <summary>The role has made way; asked to stop meanwhile, nobody comes after it.</summary>
    public void OnHandedOver()
    {
        if (_isStopping)
        {
            OnRoleEnded();
        }
    }

    // ---- inputs

    private void ReplaceRole()
    {
        node.Role.HandOver();
        After(TimeSpan.FromMilliseconds(5) + Random.NextSpan(TimeSpan.FromMilliseconds(50)), StartRole);
    }

    private void StartRole()
    {
        if (_isStopping)
        {
            return;
        }

        // A role that waits for the kernel makes way when it is done.
        if (node.Role.HeldUpSince is not null)
        {
            After(TimeSpan.FromMilliseconds(20), StartRole);
            return;
        }

        // A role that does not make way hangs.
        if (node.Role.IsFrozen)
        {
            node.Role.Kill();
        }

        if (node.Role.Router is null)
        {
            node.Role.Start();
            _reported = null;
            _pathReported = null;
        }
    }

    private void OnTick()
    {
        if (node.RunningFile.PathWeight is not null && _pathReported != node.PathIsUp)
        {
            _pathReported = node.PathIsUp;
            node.Role.ReportPath(node.PathIsUp);
        }

        if (node.RunningFile.ScriptWeight is not null && _reported != node.ScriptIsUp)
        {
            _reported = node.ScriptIsUp;
            node.Role.ReportScript("chk", node.ScriptIsUp);
        }

        node.Neighbours.Ask();
        LookAround();
        After(Tick, OnTick);
    }

    /// <summary>Tells the engine what the kernel's tables say of the servers.</summary>
    private void LookAround()
    {
        for (int i = 0; i < node.Neighbours.Count; i++)
        {
            Reachability found = i == node.Index ? new Reachability.Local()
                : node.Neighbours.IsKnown(i)
                ? new Reachability.Via(new NextHop(2, node.Links[0].Mac, SiteSettings.MacOf(0, i)), OnLink: true)
                : new Reachability.Unresolved("does not answer ARP");
            _engine!.OnReachability(SiteSettings.AddressOf(0, i), found, _actions);
            Obey();
        }

        for (int i = 0; i < node.Neighbours.Count; i++)
        {
            if (node.Neighbours.IsKnown(i))
            {
                node.Meet(SiteSettings.MacOf(0, i));
            }
        }
    }

    private void OnOutcome(HealthAction.StartProbe probe)
    {
        int server = node.Cluster.NumberOf(probe.Request.Target.Address);
        bool isReached = node.Cluster.CanReach(node, server);
        ProbeOutcome outcome = !isReached ? new ProbeOutcome.TimedOut()
            : node.Cluster.IsServing(server) ? new ProbeOutcome.Success(s_roundTrip)
            : new ProbeOutcome.Refused();
        After(isReached ? node.Cluster.Weather.IsCalm ? TimeSpan.Zero : s_roundTrip : probe.Request.Timeout, () =>
        {
            _engine!.OnProbeOutcome(Clock.Now, probe.Id, outcome, _actions);
            Obey();
        });
    }

    // ---- machinery

    private void Obey()
    {
        List<DirectorAction> asked = [.. _actions];
        _actions.Clear();
        foreach (DirectorAction action in asked)
        {
            switch (action)
            {
                case DirectorAction.StartProbe start: OnOutcome(start.Probe); break;
                case DirectorAction.Log log: node.Log(log.Line); break;
                case DirectorAction.Tell: break;
                case DirectorAction.ApplyPlan apply: node.DataPath.Plan = apply.Plan; break;
                default: throw new InvalidOperationException($"no such action: {action}");
            }
        }

        if (_engine!.Deadline is { } due && due != _timerSetTo)
        {
            _timerSetTo = due;
            After(due - Clock.Now, () => OnTimer(due));
        }
    }

    private void OnTimer(Instant due)
    {
        // Set anew since: the timer does not go off at the former time.
        if (_timerSetTo != due)
        {
            return;
        }

        _timerSetTo = null;
        if (_engine!.Deadline <= Clock.Now)
        {
            _engine.OnDeadline(Clock.Now, _actions);
        }

        Obey();
    }

    private void After(TimeSpan wait, Action happens)
    {
        int life = _life;
        Clock.After(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, () => Do(life, happens));
    }

    private void Do(int life, Action happens)
    {
        if (!IsRunning || life != _life)
        {
            return;
        }

        if (IsFrozen)
        {
            _waiting.Enqueue(() => Do(life, happens));
        }
        else
        {
            happens();
        }
    }

    private static bool WasDown(ForwardingPlan plan, TransportEndpoint server) =>
        !plan.Services.IsEmpty && plan.Services[0].Servers.Any(planned => planned.Address == server && !planned.IsUp);
}
