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
    }

    [Fact]
    public void InstanceRenamed_GoesOnAsMaster()
    {
        int since = _master.Count;
        _master.Change(instance => instance with { Name = "VI_renamed" });
        _master.Start();

        Assert.Equal(["VI_renamed"], _master.Expect<RoleEvent.Started>(_ => true, since).Resumed);
        _master.ExpectState(VrrpState.Master, since);
        AssertNeverLetGo();
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

        Assert.Empty(_master.Expect<RoleEvent.Started>(_ => true, since).Resumed);
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

    private void AssertNeverLetGo()
    {
        Assert.DoesNotContain(
            FileLeases.Log(_master.LeaseDirectory).SkipWhile(line => !line.StartsWith("arm", StringComparison.Ordinal)),
            line => line.StartsWith("disarm", StringComparison.Ordinal));
        Assert.False(_backup.Has(said => said is RoleEvent.StateChanged, _settledAt), _backup.Said(_settledAt));
    }
}
