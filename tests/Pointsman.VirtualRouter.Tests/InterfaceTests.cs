using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Interfaces and addresses that others change.</summary>
public sealed class InterfaceTests : IDisposable
{
    private readonly Network _network = Network.Create();
    private readonly Node _node;

    public InterfaceTests() => _node = new Node(_network.AddMachine(1), priority: 100);

    public void Dispose()
    {
        _node.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void Address_IsRemovedBySomeone_IsRestoredAndTold()
    {
        StartAsMaster();
        Network.Ip($"-n {_node.Machine} addr del {Network.Vip}/32 dev eth0");

        RoleEvent.Noted told = _node.Expect<RoleEvent.Noted>(note => note.Text.Contains(Network.Vip, StringComparison.Ordinal));
        Assert.True(told.IsWarning);
        Assert.Equal("(VI_1) 10.9.0.100 was removed from eth0 by another program, restored", told.Text);
        Assert.True(_node.HasVip);
    }

    [Fact]
    public void Link_GoesDownAndUp_IsAFaultMeanwhile()
    {
        StartAsMaster();
        int since = _node.Count;
        Network.Ip($"-n {_node.Machine} link set eth0 down");

        RoleEvent.StateChanged fault = _node.ExpectState(VrrpState.Fault, since);
        Assert.Equal(VrrpReason.LinkDown, fault.Reason);
        Assert.Contains("interface eth0 down", fault.Text, StringComparison.Ordinal);
        Node.WaitUntil(() => !_node.HasVip && !_node.IsArmed, () => _node.Said(since));

        since = _node.Count;
        Network.Ip($"-n {_node.Machine} link set eth0 up");
        Assert.Equal(VrrpReason.FaultCleared, _node.ExpectState(VrrpState.Backup, since).Reason);
        _node.ExpectState(VrrpState.Master, since);
        Node.WaitUntil(() => _node.HasVip && _node.IsArmed, () => _node.Said(since));
    }

    [Fact]
    public void Interface_IsMissingAtTheStart_IsTakenWhenItComes()
    {
        Network.Ip($"-n {_node.Machine} link del eth0");
        _node.Start();
        Assert.Equal(VrrpReason.LinkDown, _node.ExpectState(VrrpState.Fault).Reason);

        _network.AddEthernet(_node.Machine, 1);
        _node.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => _node.HasVip, () => _node.Said());
    }

    [Fact]
    public void Interface_IsReplaced_SocketsFollow()
    {
        StartAsMaster();
        int since = _node.Count;
        Network.Ip($"-n {_node.Machine} link del eth0");
        _node.ExpectState(VrrpState.Fault, since);
        _network.AddEthernet(_node.Machine, 1);
        _node.ExpectState(VrrpState.Master, since);

        using var other = new Node(_network.AddMachine(2), priority: 150);
        other.Start();
        other.ExpectState(VrrpState.Master);
        Assert.Equal(
            VrrpReason.HigherPriorityHeard,
            _node.Expect<RoleEvent.StateChanged>(changed => changed.From == VrrpState.Master, since + 2).Reason);
        Assert.False(other.Has(said => said is RoleEvent.StateChanged { From: VrrpState.Master }));
    }

    [Fact]
    public void OwnAddress_IsTakenAway_IsAFaultUntilThereIsOne()
    {
        StartAsMaster();
        int since = _node.Count;
        Network.Ip($"-n {_node.Machine} addr del 10.9.0.1/24 dev eth0");
        Assert.Equal(VrrpReason.NoSourceAddress, _node.ExpectState(VrrpState.Fault, since).Reason);

        since = _node.Count;
        Network.Ip($"-n {_node.Machine} addr add 10.9.0.7/24 dev eth0");
        _node.ExpectState(VrrpState.Master, since);
        Assert.Equal("10.9.0.7", _node.Snapshot().Instances[0].SourceAddress.ToString());
    }

    private void StartAsMaster()
    {
        _node.Start();
        _node.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => _node.HasVip && _node.IsArmed, () => _node.Said());
    }
}
