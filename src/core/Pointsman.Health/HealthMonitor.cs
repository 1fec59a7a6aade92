using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Health;

/* All checks of all virtual servers of one node.

   Owner: the engine, on its one thread. Whoever owns it calls Start once, then OnDeadline at (or after) Deadline and
   OnOutcome for each finished probe, and carries out the actions in order. An early, late or repeated call is harmless.

   Checks are numbered in the order of the definitions; actions of one moment come in that order, whatever their hash.
   The state of a server before any action is IsUp(id): starting down is not a change and is not told as one.

   A monitor may continue another one, at a reload: a check that is asked for as before goes on where it was, with its
   number, so that a probe under way finds it; new checks are numbered on from there. */

/// <summary>Owns every check of the node; probes and changes of servers come out as ordered actions.</summary>
public sealed class HealthMonitor
{
    private readonly ImmutableArray<WatchedServer> _servers;
    private readonly Dictionary<int, WatchedCheck> _checks = [];
    private readonly Dictionary<ServerId, WatchedServer> _serverById = [];
    private readonly SortedSet<(Instant Deadline, int Check)> _deadlines = [];
    private readonly ImmutableArray<WatchedCheck> _told;
    private readonly List<CheckAction> _scratch = [];
    private readonly uint _generation;
    private readonly int _nextCheck;
    private CheckWatchdog _watchdog = new();

    /// <param name="generation">Differs between monitors that share a prober, so that one's late outcomes miss the other.</param>
    public HealthMonitor(IEnumerable<ServerDefinition> servers, uint generation = 0)
        : this(New(servers), nextCheck: 0, generation)
    {
    }

    private static ImmutableArray<WatchedServer> New(IEnumerable<ServerDefinition> servers)
    {
        var pool = new CheckPool();
        return [.. servers.Select(definition => new WatchedServer(definition, pool))];
    }

    private HealthMonitor(ImmutableArray<WatchedServer> servers, int nextCheck, uint generation)
    {
        _generation = generation;
        _servers = servers;
        var checkOf = new Dictionary<CheckMachine, WatchedCheck>();
        foreach (WatchedServer server in _servers)
        {
            _serverById.Add(server.Definition.Id, server);
            for (int i = 0; i < server.Definition.Checks.Length; i++)
            {
                CheckMachine machine = server.Health.Checks[i];
                if (!checkOf.TryGetValue(machine, out WatchedCheck? check))
                {
                    check = new WatchedCheck(server.NumberOf(i) ?? nextCheck++, server.Definition.Checks[i], machine);
                    checkOf.Add(machine, check);
                    _checks.Add(check.Index, check);
                    if (machine.Deadline is { } due)
                    {
                        _deadlines.Add((due, check.Index));
                    }
                }

                server.Number(i, check.Index);
                check.Servers.Add(server);
            }
        }

        _nextCheck = nextCheck;
        _told = [.. _checks.Values.Where(check => check.Method.IsTold).OrderBy(check => check.Index)];
    }

    /// <summary>
    /// The monitor that takes this one's place at a reload; this one must not be used any more. A check that is the same
    /// keeps its state; a new check of a server that is down is down, so that no dead server takes clients.
    /// </summary>
    /// <param name="servers">What is to be watched from now on.</param>
    /// <param name="formerly">By which id this monitor knows such a server; null: not at all.</param>
    public HealthMonitor Continue(IEnumerable<ServerDefinition> servers, Func<ServerId, ServerId?> formerly)
    {
        (ServerDefinition Definition, WatchedServer? Before)[] next =
        [
            .. servers.Select(definition => (definition, formerly(definition.Id) is { } known ? _serverById[known] : null)),
        ];
        var pool = new CheckPool();
        foreach ((ServerDefinition definition, WatchedServer? before) in next)
        {
            if (before is not null)
            {
                WatchedServer.Reserve(definition, before, pool);
            }
        }

        return new HealthMonitor(
            [
                .. next.Select(server => server.Before is { } before
                    ? new WatchedServer(server.Definition, before, pool)
                    : new WatchedServer(server.Definition, pool)),
            ],
            _nextCheck,
            _generation)
        {
            _watchdog = _watchdog,
        };
    }

    /// <summary>Virtual servers whose checks rest (<c>ha_suspend</c>): what falls due is put off by a delay loop.</summary>
    public ImmutableHashSet<int> Suspended { get; set; } = [];

    /// <summary>The earliest moment any check wants; null when there is none.</summary>
    public Instant? Deadline => _deadlines.Count == 0 ? null : _deadlines.Min.Deadline;

    /// <summary>Those that run already go on.</summary>
    /// <param name="random">Spreads the first probes.</param>
    public void Start(Instant now, Prng random)
    {
        foreach (WatchedCheck check in _checks.Values.OrderBy(check => check.Index))
        {
            Reschedule(check, () => check.Machine.Start(now, random));
        }
    }

    public void OnDeadline(Instant now, List<HealthAction> actions)
    {
        while (_deadlines.Count > 0 && _deadlines.Min.Deadline <= now)
        {
            WatchedCheck check = _checks[_deadlines.Min.Check];
            if (check.Machine.IsWaiting && check.IsSuspended(Suspended))
            {
                Reschedule(check, () => check.Machine.Skip(now));
                continue;
            }

            _watchdog.Started(now, late: now - check.Machine.Deadline!.Value, isLost: !check.Machine.IsWaiting, actions);
            Reschedule(check, () => check.Machine.OnDeadline(now, _scratch));
            Translate(now, check, actions);
        }
    }

    /// <summary>How many checks there are; those that virtual servers share count once.</summary>
    public int CheckCount => _checks.Count;

    /// <summary>What is known of checks that this node did not make in time.</summary>
    public OverdueChecks Overdue => _watchdog.Seen;

    public void OnOutcome(Instant now, ProbeId id, ProbeOutcome outcome, List<HealthAction> actions)
    {
        if (id.Generation != _generation || !_checks.TryGetValue(id.Check, out WatchedCheck? check))
        {
            return;
        }

        CheckResult? before = check.Machine.LastResult;
        if (check.Machine.RunsSince(id.Attempt) is { } asked)
        {
            _watchdog.Ended(now, check.Overdue(now - asked), actions);
        }

        Reschedule(check, () => check.Machine.OnOutcome(now, id.Attempt, outcome, _scratch));
        if (check.IsSilentFailure(before, hasTurned: _scratch.Count > 0))
        {
            actions.Add(new HealthAction.AttemptFailed(check.FailureLine(outcome)));
        }

        TakeWishes(check, outcome, actions);
        Translate(now, check, actions);
    }

    /// <summary>Word of something that checks follow.</summary>
    /// <param name="judge">What it means to a check by this method; null: nothing.</param>
    public void OnTold(Instant now, Func<CheckMethod, ProbeOutcome?> judge, List<HealthAction> actions)
    {
        foreach (WatchedCheck check in _told)
        {
            if (judge(check.Method) is { } outcome)
            {
                check.Machine.OnTold(now, outcome, _scratch);
                TakeWishes(check, outcome, actions);
                Translate(now, check, actions);
            }
        }
    }

    private static void TakeWishes(WatchedCheck check, ProbeOutcome outcome, List<HealthAction> actions)
    {
        if (outcome is ProbeOutcome.Success said)
        {
            foreach (WatchedServer server in check.Servers)
            {
                server.TakeWish(check.Machine, said, actions);
            }
        }
    }

    /// <summary>The weight a check asked for; null: none did, and the configured one counts.</summary>
    public int? WeightOf(ServerId server) => _serverById[server].Weight;

    public bool IsUp(ServerId server) => _serverById[server].IsUp;

    public ServerHealthStatus Describe(ServerId server) => _serverById[server].Describe();

    /// <summary>Every server, in the order of the definitions.</summary>
    public ImmutableArray<ServerHealthStatus> DescribeAll() => [.. _servers.Select(server => server.Describe())];

    // For each virtual server that shares the check, as if it had one of its own: mails are of one real server of one of them.
    private static void Tell(Instant now, WatchedCheck check, CheckAction.Changed changed, List<HealthAction> actions)
    {
        foreach (WatchedServer server in check.Servers)
        {
            if (!changed.IsUp)
            {
                server.DropWish(check.Machine);
            }

            actions.Add(new HealthAction.CheckChanged(
                server.Definition.Id, changed.IsUp, check.LogLine(changed, server.Definition), check.Method, changed.Outcome.Reason));
            server.Reconsider(now, check.Describe(changed, server.Definition), actions);
        }
    }

    private void Reschedule(WatchedCheck check, Action step)
    {
        Instant? before = check.Machine.Deadline;
        step();
        Instant? after = check.Machine.Deadline;
        if (before == after)
        {
            return;
        }

        if (before is Instant old)
        {
            _deadlines.Remove((old, check.Index));
        }

        if (after is Instant next)
        {
            _deadlines.Add((next, check.Index));
        }
    }

    private void Translate(Instant now, WatchedCheck check, List<HealthAction> actions)
    {
        foreach (CheckAction action in _scratch)
        {
            switch (action)
            {
                case CheckAction.StartProbe probe:
                    actions.Add(check.ToStartProbe(probe, _generation));
                    break;
                case CheckAction.Changed changed:
                    Tell(now, check, changed, actions);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        _scratch.Clear();
    }
}
