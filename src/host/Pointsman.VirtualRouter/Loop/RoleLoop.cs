using System.Collections.Immutable;
using System.Diagnostics;
using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Timing;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Loop;

/* The real-time thread of the VRRP role. It owns the Station - the machine, the sockets, the addresses - and the leases;
   nobody else touches them. Commands come by the inbox, events go by the outbox, each with a thread of its own, so that no
   parsing, wording or full pipe is waited for here.

   One turn: wait; take in commands, changes of interfaces, and packets until the sockets are dry; then what is due. After
   each input the machine's actions are carried out before the next input is looked at. */

/// <summary>The turns of the real-time thread, from the role's start to its end.</summary>
internal sealed class RoleLoop : IDisposable
{
    private const uint TimerToken = 0;
    private const uint InboxToken = 1;

    private readonly CommandInbox _inbox;
    private readonly RoleMeans _means;
    private readonly DeadlineTimer _timer = new();
    private readonly List<VrrpAction> _actions = new(64);
    private readonly PacketIntake _intake;

    private Station _station;
    private Instant? _timerSetTo;
    private readonly ParentWatch _parent = new();
    private Instant? _orphanUntil;
    private bool _isParentGone;
    private bool _hasToldSilence;
    private bool _handsOver;
    private bool _isYielding;
    private readonly HashSet<string> _foundNoSuccessor = [];
    private long _snapshotBytes;
    private TimeSpan _worstLateness;

    internal RoleLoop(VirtualRouterSettings settings, CommandInbox inbox, EventOutbox outbox, IOwnershipLeases leases)
    {
        _inbox = inbox;
        _means = new RoleMeans(
            new EventPoll(), outbox, leases, HostChanges.Open(settings.RunDirectory, outbox), new Deputy(settings.RealTimePriority));
        _station = new Station(Delayed(settings), _means, Now());
        _means.Deputy.Stand(_station);
        _intake = new PacketIntake(_station, _actions);
        _means.Poll.Add(_timer.Descriptor, TimerToken);
        _means.Poll.Add(_inbox.Wake.Descriptor, InboxToken);
    }

    private VrrpRouter Router => _station.Router;

    /// <summary>Until everything is let go of, or left to the next role.</summary>
    internal void Run()
    {
        Start();
        while (!_handsOver && !Router.IsStopped)
        {
            SetTimer();
            int readyCount = WaitForEvents();
            for (int i = 0; i < readyCount; i++)
            {
                switch (_means.Poll.Ready(i).Token)
                {
                    case TimerToken: OnTimer(); break;
                    case InboxToken: TakeCommands(); break;
                    case Station.NetworkToken: _station.Interfaces.TakeChanges(_actions); break;
                    case Station.FirewallToken: KeepFirewall(rulesChanged: true); break;
                    default: break;      // a port: all are read below
                }
            }

            _intake.Read();
            ServeDeadlines();
        }

        if (!_handsOver)
        {
            _station.End();
        }
    }

    public void Dispose()
    {
        _means.Deputy.Dispose();
        _station.Dispose();
        _timer.Dispose();
        _means.Poll.Dispose();
    }

    // The clock that counts suspension counts from the boot.
    private static VirtualRouterSettings Delayed(VirtualRouterSettings settings)
    {
        TimeSpan left = settings.DelayAfterBoot - (Now() - Instant.Zero);
        return left <= settings.Router.StartupDelay
            ? settings
            : settings with { Router = settings.Router with { StartupDelay = left } };
    }

    private static Instant Now() => MonotonicClock.NowWithSuspend;

    private void Start()
    {
        HandOverNote? note = HandOverFile.Take(_station.Settings.RunDirectory);
        foreach (HandOverNote.KnownPeer peer in note?.Peers ?? [])
        {
            _station.Runner.Directors.Remember(peer, Now());
        }

        CountOn(note);
        _means.Leftovers.Add(Now(), note?.Left ?? []);
        _station.Open(Now(), _actions);
        Instant now = Now();
        bool[] resume = [.. Router.Instances.Select(instance => WasMaster(instance, note, now))];
        _means.Outbox.Post(new RoleEvent.Started(
            Environment.ProcessId,
            [.. Router.Instances.Where(instance => resume[instance.Index]).Select(instance => instance.Settings.Name)]));
        StandUnder(note?.Orders ?? _station.Settings.Orders);
        Router.Start(now, resume, _actions, isContinued: note is not null);
        _station.Runner.Run(_actions);

        // Only now: what the new configuration holds as well was never away.
        _station.Withdraw(note?.Held ?? [], isAfterKill: note is null);
        _means.Leftovers.Retry(Now(), _station.Holds);
    }

    // First of all: an owner that is out for maintenance is not to be master for a moment.
    private void StandUnder(ImmutableArray<StandingOrder> orders)
    {
        foreach (VrrpInstance instance in Router.Instances)
        {
            if (orders.FirstOrDefault(order => order.Instance == instance.Settings.Name) is { } order)
            {
                Router.StandUnder(instance.Index, order.What);
            }
        }
    }

    // A note tells all that was held; without one, after a crash, an unexpired lease does.
    private bool WasMaster(VrrpInstance instance, HandOverNote? note, Instant now)
    {
        if (note is not null)
        {
            return note.Held.Any(held => held.Is(instance.Settings) && now < held.Until);
        }

        int? slot = _station.BindingOf(instance.Index).LeaseSlot;
        return slot is not null && _means.Leases.IsArmed(slot.Value);
    }

    private void CountOn(HandOverNote? note)
    {
        foreach (HandOverNote.Tally tally in note?.Tallies ?? [])
        {
            Router.Instances.FirstOrDefault(tally.Is)?.Counters.CountOn(tally.Counts);
        }
    }

    // ---- deadlines

    private int WaitForEvents()
    {
        using Deputy.Loan _ = _means.Deputy.LendUntil(_timerSetTo);
        return _means.Poll.Wait(timeoutMs: -1);
    }

    private void SetTimer()
    {
        _station.Extra.Serve(Now());
        Instant? deadline = Instant.Earlier(Instant.Earlier(_station.Deadline, _orphanUntil), Instant.Earlier(_means.Leftovers.Deadline, _parent.Deadline));
        if (deadline != _timerSetTo)
        {
            _timer.Set(deadline);
            _timerSetTo = deadline;
        }
    }

    // By the deadline that was waited for: the deputy may have put it off meanwhile.
    private void OnTimer()
    {
        _timer.Acknowledge();
        if (_timerSetTo is { } due && Now() - due is var lateness && lateness > _worstLateness)
        {
            _worstLateness = lateness;
        }
    }

    private void ServeDeadlines()
    {
        Instant now = Now();
        if (Router.Deadline <= now)
        {
            Router.OnDeadline(now, _actions);
            NoteFarewells();
            _station.Runner.Run(_actions);
        }

        if (_isYielding && Router.IsStopped)
        {
            TakeUpAgain(now);
        }

        if (_station.Interfaces.RetryAt <= now || _station.Keeper.TakeDeadline(now))
        {
            _station.Interfaces.RefreshAll(_actions);
        }

        _station.Runner.AskForCards(now);
        _station.Runner.Pacer.OnDeadline(now);
        if (_station.Routing.Deadline <= now)
        {
            _station.ReconcileRouting(now, _actions);
        }

        if (_station.Firewall.Deadline <= now)
        {
            KeepFirewall(rulesChanged: false);
        }

        if (_means.Leftovers.Deadline <= now)
        {
            using Deputy.Loan _ = _means.Deputy.Lend();
            _means.Leftovers.Retry(now, _station.Holds);
        }

        if (_parent.Deadline <= now)
        {
            LookAfterParent(now);
        }

        if (_orphanUntil <= now)
        {
            _orphanUntil = null;
            _isYielding = true;
            Stop();
        }
    }

    // A backup goes on as it is: it is the other's only help, whoever controls it.
    private void LookAfterParent(Instant now)
    {
        _parent.Look(now, _station.Settings.ParentPatience);
        if (_parent.IsSilent && _orphanUntil is null && !_isYielding && Router.IsStarted
            && Router.Instances.Any(instance => instance.HoldsAddresses))
        {
            if (!_hasToldSilence)
            {
                _hasToldSilence = true;
                _means.Outbox.Note(isWarning: true, "the control process has said nothing for too long: another director may take over");
            }

            _orphanUntil = now;
        }
    }

    private void OnBeat()
    {
        _means.Outbox.PostBeat();
        _parent.OnBeat(Now(), _station.Settings.ParentPatience);
        _hasToldSilence = false;
        if (!_isParentGone)
        {
            _orphanUntil = null;
        }
    }

    private void KeepFirewall(bool rulesChanged)
    {
        int[] holders = [.. _station.Holders];
        using Deputy.Loan _ = _means.Deputy.Lend();
        if (rulesChanged)
        {
            _station.Firewall.OnRulesChanged(Now(), holders);
        }
        else
        {
            _station.Firewall.Reconcile(Now(), holders);
        }
    }

    private void NoteFarewells()
    {
        foreach (VrrpAction action in _actions)
        {
            if (_isYielding && action is { Kind: VrrpActionKind.Report, Event.Reason: VrrpReason.FarewellOver })
            {
                _foundNoSuccessor.Add(Router.Instances[action.Instance].Settings.Name);
            }
        }
    }

    // Nobody checks servers here any more, but nobody else serves at all: an orphan that found no successor goes on, and
    // offers its place again later.
    private void TakeUpAgain(Instant now)
    {
        _isYielding = false;
        if (_foundNoSuccessor.Count == 0)
        {
            return;
        }

        bool isAlone = _isParentGone || _parent.IsSilent;
        _means.Outbox.Note(isWarning: true, $"no successor heard: serving on {(isAlone ? "without a control process" : "under the control process, which speaks again")}");
        _orphanUntil = isAlone ? now + _station.Settings.OrphanGrace : null;
        bool[] resume = [.. Router.Instances.Select(instance => _foundNoSuccessor.Contains(instance.Settings.Name))];
        Router.Start(now, resume, _actions);
        _foundNoSuccessor.Clear();
        _station.Runner.Run(_actions);
    }

    // ---- commands

    private void TakeCommands()
    {
        _inbox.Wake.Acknowledge();
        while (_inbox.TryTake(out RoleCommand? command))
        {
            switch (command)
            {
                case RoleCommand.TrackResult result:
                    Router.OnTrackResult(Now(), result.Name, result.IsUp, _actions);
                    break;
                case RoleCommand.ProcessResult process:
                    Router.OnProcess(Now(), process.Name, process.IsUp, _actions);
                    break;
                case RoleCommand.PathResult path:
                    Router.OnPath(Now(), path.Name, path.IsUp, _actions);
                    break;
                case RoleCommand.LinkBeat beat:
                    _station.Interfaces.OnLinkBeat(beat.Interface, beat.Carries, _actions);
                    break;
                case RoleCommand.FileNumber file:
                    Router.OnFile(Now(), file.Name, file.Number, _actions);
                    break;
                case RoleCommand.Order order:
                    Obey(order.Instance, order.What);
                    break;
                case RoleCommand.Reconfigure other:
                    Reconfigure(other.Settings);
                    break;
                case RoleCommand.Stop:
                    _isYielding = false;
                    _orphanUntil = null;
                    Stop();
                    break;
                case RoleCommand.TakeSnapshot:
                    PostSnapshot();
                    break;
                case RoleCommand.HandOver:
                    HandOver();
                    break;
                case RoleCommand.Beat:
                    OnBeat();
                    break;
                case RoleCommand.ParentGone:
                    _isParentGone = true;
                    _parent.End();
                    _orphanUntil = Now() + _station.Settings.OrphanGrace;
                    break;
                default:
                    throw new UnreachableException();
            }

            _station.Runner.Run(_actions);
        }
    }

    private void Obey(string name, VrrpOrder order)
    {
        foreach (VrrpInstance instance in Router.Instances)
        {
            if (instance.Settings.Name == name && instance.Order != order)
            {
                Router.OnOrder(Now(), instance.Index, order, _actions);
                _station.Runner.Run(_actions);
            }
        }
    }

    private void Stop()
    {
        // The machine takes a second stop for impatience.
        if (Router.IsStarted)
        {
            Router.Stop(Now(), _actions);
            _station.Runner.Run(_actions);
        }
    }

    // A role that takes its leave, or cannot make what the settings ask for, goes on as it is: the next process may do it.
    private void Reconfigure(VirtualRouterSettings settings)
    {
        if (!Router.IsStarted || !settings.FitsProcessOf(_station.Settings))
        {
            _means.Outbox.Post(new RoleEvent.Reconfigured(InPlace: false));
            return;
        }

        Station next;
        try
        {
            next = new Station(settings, _means, Now(), _station);
        }
        catch (ErrnoException refused)
        {
            _means.Outbox.Note(isWarning: true, $"the new settings need a new VRRP process: {refused.Message}");
            _means.Outbox.Post(new RoleEvent.Reconfigured(InPlace: false));
            return;
        }

        Station former = _station;
        _station = next;
        _means.Deputy.Stand(next);
        next.TakeOver(former, Now(), _actions);
        _intake.MoveTo(next);
        _means.Outbox.Post(new RoleEvent.Reconfigured(InPlace: true));
    }

    // Addresses and leases stay as they are; the next role finds its right to them in the note.
    private void HandOver()
    {
        ImmutableArray<StandingOrder> orders =
        [
            .. Router.Instances
                .Where(instance => instance.Order != VrrpOrder.None)
                .Select(instance => new StandingOrder(instance.Settings.Name, instance.Order)),
        ];
        var note = new HandOverNote
        {
            Held = _station.Held(instance => instance.State == VrrpState.Master),
            Peers = [.. _station.Runner.Directors.All],
            Orders = orders,
            Tallies = [.. Router.Instances.Select(HandOverNote.Tally.Of)],
            Left = [.. _means.Leftovers.All, .. _station.GivenUp()],
        };
        if (HandOverFile.TryWrite(_station.Settings.RunDirectory, note) is { } fault)
        {
            _means.Outbox.Note(isWarning: true, $"{fault}; the next VRRP process goes on as master only where a lease says so, and without the orders given");
        }

        _handsOver = true;
    }

    // Telling how much was allocated allocates: that is not counted.
    private void PostSnapshot()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        _means.Outbox.Post(new RoleEvent.SnapshotTaken(TakeSnapshot(before - _snapshotBytes)));
        _snapshotBytes += GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private RoleSnapshot TakeSnapshot(long allocatedBytes)
    {
        Instant now = Now();
        return new RoleSnapshot
        {
            ProcessId = Environment.ProcessId,
            Instances = [.. Router.Instances.Select(instance => SnapshotBuilder.Build(instance, now, _station.Firewall.FaultOf(instance.Index)))],
            IsOrphan = _orphanUntil is not null || _parent.IsSilent,
            DroppedEvents = _means.Outbox.Dropped,
            UnknownRouterIds = _intake.UnknownRouterIds,
            MalformedPackets = _intake.MalformedPackets,
            WorstLateness = _worstLateness,
            AllocatedBytes = allocatedBytes,
            DeputyAllocatedBytes = _means.Deputy.AllocatedBytes,
        };
    }
}
