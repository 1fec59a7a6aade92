using Pointsman.Base;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Control process and role each notice that the other hangs, and a busy machine is none that hangs.</summary>
public sealed class SilenceTests : IDisposable
{
    private static readonly TimeSpan BeatInterval = TimeSpan.FromMilliseconds(200);

    private readonly Network _network = Network.Create();
    private readonly Node _master;

    public SilenceTests()
    {
        _master = new Node(_network.AddMachine(1), priority: 150);
        _master.Settings = _master.Settings with { OrphanGrace = TimeSpan.FromSeconds(1) };
        _master.Change(instance => instance with { Version = 3, AuthPass = null });
        _master.Start();
        _master.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => _master.HasVip && _master.IsArmed, () => _master.Said());
    }

    public void Dispose()
    {
        _master.Dispose();
        _network.Dispose();
    }

    // Its patience: three times the master-down time of a quarter of a second, with skew.
    [Fact]
    public void ControlProcess_FallsSilent_StandbyTakesOver()
    {
        using Node standby = Standby();
        int since = _master.Count;
        BeatFor(TimeSpan.FromSeconds(8));
        Assert.False(_master.Has(said => said is RoleEvent.StateChanged, since), _master.Said(since));

        standby.ExpectState(VrrpState.Master);
        Assert.Equal(VrrpReason.SuccessorHeard, _master.ExpectState(VrrpState.Initialize, since).Reason);
        _master.Expect<RoleEvent.Noted>(note => note.Text.Contains("the control process has said nothing", StringComparison.Ordinal), since);
        Assert.Equal(0, _master.Expect<RoleEvent.Exited>(_ => true, since).ExitCode);
        Node.WaitUntil(() => !_master.HasVip && standby.HasVip, () => _master.Said(since));
    }

    [Fact]
    public void ControlProcess_IsSilentAndSpeaksAgain_NobodyElseIsThere_ServesOn()
    {
        BeatFor(TimeSpan.FromSeconds(1));
        int since = _master.Count;
        _master.Expect<RoleEvent.Noted>(note => note.Text.Contains("serving on without a control process", StringComparison.Ordinal), since);
        Assert.True(_master.Snapshot().IsOrphan);

        BeatFor(TimeSpan.FromSeconds(2));
        Assert.False(_master.Snapshot().IsOrphan);
        since = _master.Count;
        BeatFor(TimeSpan.FromSeconds(5));
        Assert.False(_master.Has(said => said is RoleEvent.StateChanged, since), _master.Said(since));
        Assert.True(_master.HasVip && _master.IsArmed);
    }

    // As a whole machine that is suspended, or a virtual one that is paused.
    [Fact]
    public void Role_StoodStillAsWell_TheControlProcessIsNotBlamed()
    {
        BeatFor(TimeSpan.FromSeconds(1));
        int since = _master.Count;
        _master.Pause();
        Thread.Sleep(TimeSpan.FromSeconds(6));
        _master.GoOn();
        BeatFor(TimeSpan.FromSeconds(3));
        Assert.False(_master.Snapshot().IsOrphan);
        Assert.False(_master.Has(said => said is RoleEvent.Noted { IsWarning: true } note && note.Text.Contains("control process", StringComparison.Ordinal), since), _master.Said(since));
    }

    [Fact]
    public void Role_AnswersBeats_UntilItHangs()
    {
        _master.Client.Beat();
        Node.WaitUntil(() => _master.Client.UnansweredBeats == 0, () => "no answer");
        _master.Pause();
        for (int i = 0; i < 3; i++)
        {
            _master.Client.Beat();
        }

        Assert.Equal(3, _master.Client.UnansweredBeats);
        _master.GoOn();
        Node.WaitUntil(() => _master.Client.UnansweredBeats == 0, () => "no answer");
    }

    // More than a pipe takes: who writes it must not wait for the one that does not read.
    [Fact]
    public async Task Role_Hangs_GetsMuchToRead_AnotherTakesItsPlace()
    {
        _master.Pause();
        int since = _master.Count;
        int hung = _master.Client.ProcessId!.Value;
        _master.Settings = _master.Settings with { PolledInterfaces = [.. Enumerable.Range(0, 20_000).Select(i => $"none{i}")] };
        var waited = System.Diagnostics.Stopwatch.StartNew();
        CancellationToken stop = TestContext.Current.CancellationToken;
        await Task.Run(_master.Start, stop).WaitAsync(Node.Patience, stop);
        Assert.InRange(waited.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(25));
        _master.Expect<RoleEvent.Started>(started => started.ProcessId != hung, since);
        _master.ExpectState(VrrpState.Master, since);
    }

    private Node Standby()
    {
        var standby = new Node(_network.AddMachine(2), priority: 100);
        standby.Change(instance => instance with { Version = 3, AuthPass = null });
        standby.Start();
        standby.ExpectState(VrrpState.Backup);
        return standby;
    }

    private void BeatFor(TimeSpan time)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (waited.Elapsed < time)
        {
            _master.Client.Beat();
            Thread.Sleep(BeatInterval);
        }
    }
}
