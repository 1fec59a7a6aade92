using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>A driver that is asked knows of a link what netlink does not tell.</summary>
public sealed class LinkBeatTests : IDisposable
{
    private readonly Network _network = Network.Create();
    private readonly Node _node;

    public LinkBeatTests()
    {
        _node = Way.All["v3 IPv4"].MakeOurs(_network.AddMachine(1), priority: 100);
        _node.Settings = _node.Settings with { PolledInterfaces = ["eth0"] };
        _node.Start();
        _node.ExpectState(VrrpState.Master);
    }

    public void Dispose()
    {
        _node.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void DriverSaysNo_IsAFault_NetlinkAlone_DoesNotEndIt_DriverSaysYes_Does()
    {
        int since = _node.Count;
        _node.Client.ReportLinkBeat("eth0", carries: false);
        RoleEvent.StateChanged fault = _node.ExpectState(VrrpState.Fault, since);
        Assert.Equal(VrrpReason.LinkDown, fault.Reason);
        Node.WaitUntil(() => !_node.HasVip && !_node.IsArmed, () => _node.Said(since));

        // Any change makes the role read the link anew, by netlink.
        Network.Ip($"-n {_node.Machine} addr add 10.9.0.77/24 dev eth0");
        Assert.Equal(VrrpState.Fault, _node.Snapshot().Instances[0].State);

        _node.Client.ReportLinkBeat("eth0", carries: true);
        _node.ExpectState(VrrpState.Master, since);
    }

    [Fact]
    public void InterfaceThatIsNotAsked_IsLeftAlone_AndNewSettingsEndTheAsking()
    {
        int since = _node.Count;
        _node.Client.ReportLinkBeat("eth1", carries: false);
        _node.Client.ReportLinkBeat("eth0", carries: false);
        _node.ExpectState(VrrpState.Fault, since);
        _node.Settings = _node.Settings with { PolledInterfaces = [] };
        _node.Start();
        _node.ExpectState(VrrpState.Master, since);
    }

    // A driver's word goes on through new settings, and to the next process.
    [Fact]
    public void NewSettings_TheLinkIsStillDown()
    {
        _node.Client.ReportLinkBeat("eth0", carries: false);
        _node.ExpectState(VrrpState.Fault);
        int since = _node.Count;
        _node.Change(instance => instance with { Priority = 120 });
        _node.Start();
        Node.WaitUntil(() => _node.Snapshot().Instances[0].EffectivePriority == 120, () => _node.Said(since));
        Assert.Equal(VrrpState.Fault, _node.Snapshot().Instances[0].State);
        Assert.False(_node.Has(said => said is RoleEvent.StateChanged { To: VrrpState.Master }, since), _node.Said(since));
    }
}
