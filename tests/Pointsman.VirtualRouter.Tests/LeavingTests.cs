using System.Diagnostics;
using Pointsman.Linux.Processes;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>What becomes of the addresses when roles stop, die, are replaced or lose their parent.</summary>
public sealed class LeavingTests : IDisposable
{
    private readonly Network _network = Network.Create();
    private readonly Node _backup;
    private readonly Node _master;

    public LeavingTests()
    {
        _backup = new Node(_network.AddMachine(1), priority: 100);
        _master = new Node(_network.AddMachine(2), priority: 150);
        _master.Start();
        _master.ExpectState(VrrpState.Master);
        _backup.Start();
        _backup.ExpectState(VrrpState.Backup);
        Node.WaitUntil(() => _master.HasVip && _master.IsArmed, () => _master.Said());
    }

    public void Dispose()
    {
        _backup.Dispose();
        _master.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void Master_IsStopped_BackupTakesOverAfterTheFarewell()
    {
        Assert.True(_master.Client.Stop(Node.Patience));

        _backup.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.PriorityZeroReceived);
        _backup.ExpectState(VrrpState.Master);
        RoleEvent.StateChanged end = _master.ExpectState(VrrpState.Initialize, since: 1);
        Assert.Equal(VrrpReason.SuccessorHeard, end.Reason);
        Assert.Equal(0, _master.Expect<RoleEvent.Exited>(exited => exited.WasAsked).ExitCode);
        Assert.False(_master.HasVip);
        Assert.False(_master.IsArmed);
        Node.WaitUntil(() => _backup.HasVip, () => _backup.Said());
    }

    [Fact]
    public void Master_IsKilled_BackupTakesOverWhenTheLeaseIsOut()
    {
        _master.Kill();
        RoleEvent.Exited exited = _master.Expect<RoleEvent.Exited>(_ => true);
        _backup.ExpectState(VrrpState.Master);

        Assert.False(exited.WasAsked);
        Assert.False(_master.IsArmed);

        // It comes back too late to go on, as a node does whose power was cut: what it left is cleared away, unasked.
        Assert.True(_master.HasVip);
        _master.Change(instance => instance with { Priority = 50 });
        int since = _master.Count;
        _master.Start();
        _master.ExpectState(VrrpState.Backup, since);
        Node.WaitUntil(() => !_master.HasVip, () => _master.Said());
        Assert.Empty(_master.Expect<RoleEvent.Started>(_ => true, since).Resumed);
    }

    [Fact]
    public void Master_IsKilledAndRespawned_GoesOnByItsLease()
    {
        SlowDown();
        _master.Kill();
        int since = _master.Count;
        _master.Expect<RoleEvent.Exited>(_ => true);
        _master.Start();

        Assert.Equal(["VI_1"], _master.Expect<RoleEvent.Started>(_ => true, since).Resumed);
        Assert.Equal(VrrpReason.Resumed, _master.ExpectState(VrrpState.Master, since).Reason);
        AssertBackupStayed();
    }

    [Fact]
    public void Master_GetsSettingsForANewProcess_GoesOnWithoutATransition()
    {
        SlowDown();
        int since = _master.Count;
        _master.Change(instance => instance with { Priority = 200 });
        _master.Settings = _master.Settings with { RealTimePriority = 45 };
        _master.Start();

        Assert.Equal(["VI_1"], _master.Expect<RoleEvent.Started>(_ => true, since).Resumed);
        Assert.True(_master.Expect<RoleEvent.Exited>(_ => true, since).WasAsked);
        Assert.Equal(200, _master.ExpectState(VrrpState.Master, since).Priority);
        Assert.True(_master.HasVip);
        Assert.DoesNotContain(
            FileLeases.Log(_master.LeaseDirectory).Skip(2), line => line.StartsWith("disarm", StringComparison.Ordinal));
        AssertBackupStayed();
    }

    [Fact]
    public void ControlProcess_IsReplaced_NextOneTakesTheOrphansPlace()
    {
        SlowDown();
        int orphan = _master.Client.ProcessId!.Value;
        _master.Client.Dispose();
        Assert.True(ProcessControl.TrySignal(orphan, Signal.None));

        _master.Client = _master.NewClient();
        int since = _master.Count;
        _master.Start();

        RoleEvent.Started started = _master.Expect<RoleEvent.Started>(said => said.ProcessId != orphan, since);
        Assert.Equal(["VI_1"], started.Resumed);
        Assert.True(_master.HasVip);
        AssertBackupStayed();
    }

    [Fact]
    public void Orphan_GraceIsOver_TakesItsLeaveInOrder()
    {
        SlowDown();
        _master.Settings = _master.Settings with { OrphanGrace = TimeSpan.FromSeconds(1) };
        _master.Start();
        int orphan = _master.Client.ProcessId!.Value;
        _master.Client.Dispose();

        _backup.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.PriorityZeroReceived);
        _backup.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => !_master.HasVip && !_master.IsArmed, () => "the orphan did not let go");
        Node.WaitUntil(() => !ProcessControl.TrySignal(orphan, Signal.None), () => "the orphan lives on");
    }

    [Fact]
    public void Orphan_FindsNoSuccessor_ServesOn()
    {
        Assert.True(_backup.Client.Stop(Node.Patience));
        _master.Settings = _master.Settings with { OrphanGrace = TimeSpan.FromMilliseconds(300) };
        _master.Start();
        int orphan = _master.Client.ProcessId!.Value;
        int disarmed = Disarmings();
        _master.Client.Dispose();

        // Each time it offers its place it lets go and takes up again: twice shows that it goes on doing so.
        Node.WaitUntil(() => Disarmings() >= disarmed + 2, () => "the orphan did not take up again");
        Node.WaitUntil(() => _master.HasVip && _master.IsArmed, () => "the orphan does not serve");
        Assert.True(ProcessControl.TrySignal(orphan, Signal.None));
        ProcessControl.TrySignal(orphan, Signal.Terminate);
        Node.WaitUntil(() => !ProcessControl.TrySignal(orphan, Signal.None), () => "the orphan lives on");
        Assert.False(_master.HasVip);
    }

    [Fact]
    public void TerminalSignals_AreIgnored_TerminationLeavesInOrder()
    {
        int role = _master.Client.ProcessId!.Value;
        ProcessControl.TrySignal(role, Signal.Interrupt);
        ProcessControl.TrySignal(role, Signal.Hangup);
        Assert.Equal(VrrpState.Master, Assert.Single(_master.Snapshot().Instances).State);

        ProcessControl.TrySignal(role, Signal.Terminate);
        Assert.Equal(VrrpReason.SuccessorHeard, _master.ExpectState(VrrpState.Initialize, since: 1).Reason);
        Assert.Equal(0, _master.Expect<RoleEvent.Exited>(_ => true).ExitCode);
        _backup.ExpectState(VrrpState.Master);
    }

    [Fact]
    public void NewSettings_CannotBeStarted_RoleBeforeServesOn()
    {
        int role = _master.Client.ProcessId!.Value;
        int since = _master.Count;
        VirtualRouterSettings good = _master.Settings;
        _master.Settings = good with { BpfPinDirectory = FileLeases.Missing };
        _master.Start();

        Assert.False(_master.Expect<RoleEvent.Exited>(_ => true, since).WasAsked);
        Assert.Equal(role, _master.Client.ProcessId);
        Assert.Equal(VrrpState.Master, Assert.Single(_master.Snapshot().Instances).State);
        Assert.True(_master.HasVip);
    }

    [Fact]
    public void Master_IsFrozenAndThawed_YieldsBeforeItSpeaks()
    {
        int role = _master.Client.ProcessId!.Value;
        int since = _master.Count;
        ProcessControl.TrySignal(role, Signal.Stop);
        _backup.ExpectState(VrrpState.Master);
        Assert.False(_master.IsArmed);
        Node.WaitUntil(() => _backup.IsArmed, () => _backup.Said());

        ProcessControl.TrySignal(role, Signal.Continue);
        RoleEvent.StateChanged first = _master.Expect<RoleEvent.StateChanged>(_ => true, since);
        Assert.Equal((VrrpState.Backup, VrrpReason.Overslept), (first.To, first.Reason));

        // It listens first, and only then takes back what is its by priority.
        _master.ExpectState(VrrpState.Master, since);
        _backup.Expect<RoleEvent.StateChanged>(changed => changed.From == VrrpState.Master);
        Node.WaitUntil(() => _master.HasVip && !_backup.HasVip, () => _backup.Said());
    }

    [Fact]
    public void Role_CannotStart_EndIsToldNoSoonerThanASecondAfter()
    {
        using var node = new Node(_network.AddMachine(3), priority: 50);
        node.Settings = node.Settings with { BpfPinDirectory = FileLeases.Missing };
        var watch = Stopwatch.StartNew();
        node.Start();
        RoleEvent.Exited exited = node.Expect<RoleEvent.Exited>(_ => true);

        Assert.NotEqual(0, exited.ExitCode);
        Assert.False(exited.WasAsked);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.99, double.MaxValue);
    }

    /// <summary>
    /// Both go on with whole seconds, so that the lease outlives the start of a process on a slow machine.
    /// </summary>
    private void SlowDown()
    {
        foreach (Node node in new[] { _master, _backup })
        {
            node.Change(instance => instance with { AdvertInterval = TimeSpan.FromSeconds(3) });
            node.Start();
        }

        // Between the two nodes' changes each refuses the other's interval: settled by election, if that took long.
        Node.WaitUntil(
            () => _master.Snapshot().Instances[0] is { State: VrrpState.Master, MasterAdvertInterval.TotalSeconds: 3 }
                && _backup.Snapshot().Instances[0].State == VrrpState.Backup && _master.IsArmed,
            () => "not settled");
        _settledAt = _backup.Count;
    }

    private int _settledAt;

    private int Disarmings() => FileLeases.Log(_master.LeaseDirectory).Count(line => line.StartsWith("disarm", StringComparison.Ordinal));

    private void AssertBackupStayed() =>
        Assert.False(_backup.Has(said => said is RoleEvent.StateChanged, _settledAt), _backup.Said(_settledAt));
}
