using Pointsman.Base;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>What becomes of a master's instances and addresses when its settings change.</summary>
public sealed class NewSettingsTests : IDisposable
{
    private const string SecondVip = "10.9.0.101";

    private readonly Network _network = Network.Create();
    private readonly Node _backup;
    private readonly Node _master;
    private readonly int _settledAt;

    // Whole seconds, so that the lease outlives the start of a process on a slow machine.
    public NewSettingsTests()
    {
        _backup = new Node(_network.AddMachine(1), priority: 100);
        _master = new Node(_network.AddMachine(2), priority: 150);
        foreach (Node node in new[] { _master, _backup })
        {
            node.Change(instance => instance with { AdvertInterval = TimeSpan.FromSeconds(1) });
            node.Start();
            node.ExpectState(node == _master ? VrrpState.Master : VrrpState.Backup);
        }

        Node.WaitUntil(() => _master.HasVip && _master.IsArmed, () => _master.Said());
        _settledAt = _backup.Count;
    }

    public void Dispose()
    {
        _backup.Dispose();
        _master.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void AddressAdded_ThenRemoved_TheOtherStaysAllTheTime()
    {
        SetAddresses(_master, Network.Vip, SecondVip);
        _master.Start();
        Node.WaitUntil(() => Network.HasVip(_master.Machine, SecondVip), () => _master.Said());

        int since = _master.Count;
        SetAddresses(_master, Network.Vip);
        _master.Start();
        Node.WaitUntil(() => !Network.HasVip(_master.Machine, SecondVip), () => _master.Said());

        _master.Expect<RoleEvent.Noted>(note => note.Text == $"(VI_1) removing {SecondVip}", since);
        Assert.True(_master.HasVip);
        AssertNeverLetGo();
        AssertSameProcess();
    }

    [Fact]
    public void AddressBecomesStatic_IsNotTakenAway()
    {
        SetAddresses(_master, Network.Vip, SecondVip);
        _master.Start();
        Node.WaitUntil(() => Network.HasVip(_master.Machine, SecondVip), () => _master.Said());

        int since = _master.Count;
        SetAddresses(_master, Network.Vip);
        var address = new VirtualAddress(new IpPrefix(Node.Address(SecondVip), 32), "eth0");
        _master.Settings = _master.Settings with { Static = new StaticNetwork { Addresses = [address] } };
        _master.Start();
        _master.Snapshot();
        Assert.True(Network.HasVip(_master.Machine, SecondVip));
        Assert.False(_master.Has(said => said is RoleEvent.Noted note && note.Text.Contains(SecondVip, StringComparison.Ordinal), since), _master.Said(since));
    }

    [Fact]
    public void AddressAdded_IsAnnouncedAtOnce_TheOtherIsNot()
    {
        using var watch = new ArpWatch(_backup.Machine, SecondVip);
        SetAddresses(_master, Network.Vip, SecondVip);
        _master.Start();
        Node.WaitUntil(() => watch.CountOf(Network.MacOf(_master.Machine)) >= 5, () => _master.Said());
    }

    [Fact]
    public void EverythingButTheProcessChanges_CountersGoOn_NobodyNotices()
    {
        InstanceSnapshot before = _master.Snapshot().Instances[0];
        Assert.True(before.AdvertsSent > 0);
        _master.Change(instance => instance with
        {
            Priority = 151, GarpMasterDelay = TimeSpan.FromSeconds(1), TrackScripts = [new VrrpTrack("chk", 10)], Nopreempt = true,
        });
        _master.Start();
        _master.Client.ReportTrack("chk", isUp: true);
        Node.WaitUntil(() => _master.Snapshot().Instances[0].EffectivePriority == 161, () => _master.Said());
        InstanceSnapshot after = _master.Snapshot().Instances[0];
        Assert.True(after.AdvertsSent > before.AdvertsSent && after.StateFor > before.StateFor, $"{before}\n{after}\n{_master.Said()}");
        Assert.Equal(1, after.BecameMaster);
        AssertNeverLetGo();
        AssertSameProcess();
    }

    [Fact]
    public void SettingsForAnotherProcess_CountersGoOn()
    {
        InstanceSnapshot before = _master.Snapshot().Instances[0];
        _master.Settings = _master.Settings with { RealTimePriority = 40 };
        int since = _master.Count;
        _master.Start();
        _master.Expect<RoleEvent.Started>(_ => true, since);
        InstanceSnapshot after = _master.Snapshot().Instances[0];
        Assert.True(after.AdvertsSent > before.AdvertsSent, $"{after.AdvertsSent} after {before.AdvertsSent}");
        AssertNeverLetGo();
    }

    [Fact]
    public void BackupsSettingsChange_ItGoesOnWaiting()
    {
        InstanceSnapshot before = _backup.Snapshot().Instances[0];
        Node.WaitUntil(() => (before = _backup.Snapshot().Instances[0]).AdvertsReceived > 0, () => _backup.Said());
        int since = _backup.Count;
        _backup.Change(instance => instance with { Priority = 120, GarpMasterRepeat = 3 });
        _backup.Start();
        InstanceSnapshot after = _backup.Snapshot().Instances[0];
        Assert.Equal((120, before.MasterAddress), (after.EffectivePriority, after.MasterAddress));
        Assert.True(after.AdvertsReceived >= before.AdvertsReceived && after.StateFor > before.StateFor);
        Assert.False(_backup.Has(said => said is RoleEvent.StateChanged, since), _backup.Said(since));
    }

    [Fact]
    public void InstanceAdded_ThenTheFirstOneIsRemoved_TheAddedOneStays()
    {
        VrrpInstanceSettings second = _master.Settings.Router.Instances[0] with
        {
            Name = "VI_2", VirtualRouterId = 52, VirtualAddresses = [Node.Address(SecondVip)],
        };
        var binding = new InstanceBinding
        {
            Addresses = [new VirtualAddress(new IpPrefix(Node.Address(SecondVip), 32))], LeaseSlot = 4,
        };
        VirtualRouterSettings alone = _master.Settings;
        _master.Settings = alone with
        {
            // Before the one that is there: indexes move.
            Router = new VrrpRouterSettings { Instances = [second, alone.Router.Instances[0]] },
            Bindings = [binding, alone.Bindings[0]],
        };
        _master.Start();
        Node.WaitUntil(() => Network.HasVip(_master.Machine, SecondVip), () => _master.Said());
        _master.Expect<RoleEvent.StateChanged>(changed => changed is { Instance: "VI_2", To: VrrpState.Master });
        AssertNeverLetGo();

        _master.Settings = alone with { Router = new VrrpRouterSettings { Instances = [second] }, Bindings = [binding] };
        int since = _master.Count;
        _master.Start();
        _backup.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.PriorityZeroReceived, _settledAt);
        Node.WaitUntil(() => !_master.HasVip && !_master.IsArmed && _backup.HasVip, () => _master.Said());
        Assert.True(Network.HasVip(_master.Machine, SecondVip));
        Assert.False(_master.Has(said => said is RoleEvent.StateChanged, since), _master.Said(since));
        AssertSameProcess();
    }

    [Fact]
    public void InstanceRenamed_GoesOnAsMaster()
    {
        int since = _master.Count;
        _master.Change(instance => instance with { Name = "VI_renamed" });
        _master.Start();

        Assert.Equal(VrrpReason.Resumed, _master.ExpectState(VrrpState.Master, since).Reason);
        AssertNeverLetGo();
        AssertSameProcess();
    }

    [Fact]
    public void InstanceRemoved_SaysFarewell_AndLetsGo()
    {
        Exchange(instance => instance with { Name = "VI_2", VirtualRouterId = 52, VirtualAddresses = [Node.Address(SecondVip)] });

        _backup.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.PriorityZeroReceived, _settledAt);
        _backup.ExpectState(VrrpState.Master, _settledAt);
        Node.WaitUntil(() => !_master.HasVip && !_master.IsArmed && _backup.HasVip, () => _master.Said());
        Node.WaitUntil(() => Network.HasVip(_master.Machine, SecondVip), () => _master.Said());
    }

    [Fact]
    public void OtherRouterIdOnTheSameLease_IsANewElection_NotAResumption()
    {
        int since = _master.Count;
        _master.Change(instance => instance with { VirtualRouterId = 52 });
        _master.Start();

        Assert.Equal(VrrpReason.Started, _master.ExpectState(VrrpState.Backup, since).Reason);
        _backup.ExpectState(VrrpState.Master, _settledAt);
    }

    [Fact]
    public void MasterJoinsASyncGroupThatCannotBeMaster_SaysFarewell()
    {
        var lame = new VrrpInstanceSettings
        {
            Name = "VI_lame",
            Interface = "eth7",
            VirtualRouterId = 60,
            Priority = 150,
            VirtualAddresses = [Node.Address(SecondVip)],
        };
        _master.Settings = _master.Settings with
        {
            Router = new VrrpRouterSettings
            {
                Instances = [.. _master.Settings.Router.Instances, lame],
                SyncGroups = [new VrrpSyncGroupSettings("VG", ["VI_1", "VI_lame"])],
            },
        };
        _master.Start();

        _backup.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.PriorityZeroReceived, _settledAt);
        _backup.ExpectState(VrrpState.Master, _settledAt);
        Node.WaitUntil(() => !_master.HasVip && !_master.IsArmed && _backup.HasVip, () => _master.Said());
    }

    [Fact]
    public void SameSettings_ThereIsNothingToDo()
    {
        Assert.True(_master.Client.RunsWith(_master.Settings));
        _master.Change(instance => instance with { Priority = 151 });
        Assert.False(_master.Client.RunsWith(_master.Settings));
        Assert.True(_master.Client.Start(_master.Settings));
        Assert.True(_master.Client.RunsWith(_master.Settings));

        _master.Client.Stop(Node.Patience);
        Assert.False(_master.Client.RunsWith(_master.Settings));
    }

    private static void SetAddresses(Node node, params string[] addresses)
    {
        node.Change(instance => instance with { VirtualAddresses = [.. addresses.Select(Node.Address)] });
        node.Settings = node.Settings with
        {
            Bindings =
            [
                node.Settings.Bindings[0] with
                {
                    Addresses = [.. addresses.Select(address => new VirtualAddress(new IpPrefix(Node.Address(address), 32)))],
                },
            ],
        };
    }

    private void Exchange(Func<VrrpInstanceSettings, VrrpInstanceSettings> change)
    {
        SetAddresses(_master, SecondVip);
        _master.Settings = _master.Settings with { Bindings = [_master.Settings.Bindings[0] with { LeaseSlot = 4 }] };
        _master.Change(change);
        _master.Start();
    }

    private void AssertSameProcess() => Assert.False(_master.Has(said => said is RoleEvent.Exited), _master.Said());

    private void AssertNeverLetGo()
    {
        Assert.DoesNotContain(
            FileLeases.Log(_master.LeaseDirectory).SkipWhile(line => !line.StartsWith("arm", StringComparison.Ordinal)),
            line => line.StartsWith("disarm 3 ", StringComparison.Ordinal));
        Assert.False(_backup.Has(said => said is RoleEvent.StateChanged, _settledAt), _backup.Said(_settledAt));
    }
}
