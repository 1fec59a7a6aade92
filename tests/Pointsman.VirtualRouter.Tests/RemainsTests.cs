using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Base.Routing;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Role and daemon are killed together, and come back with a file that has less: what was set for the rest is removed.</summary>
public sealed class RemainsTests : IDisposable
{
    private const string SecondVip = "10.9.0.101";
    private const string Network24 = "10.9.0.102";

    private readonly Network _network = Network.Create();
    private readonly Node _node;

    public RemainsTests()
    {
        _node = new Node(_network.AddMachine(1), priority: 100);
        InstanceBinding first = _node.Settings.Bindings[0];
        _node.Settings = _node.Settings with
        {
            Router = _node.Settings.Router with
            {
                Instances =
                [
                    _node.Settings.Router.Instances[0],
                    _node.Settings.Router.Instances[0] with
                    {
                        Name = "VI_2", VirtualRouterId = 52, VirtualAddresses = [Node.Address(SecondVip), Node.Address(Network24)],
                    },
                ],
            },
            Bindings =
            [
                first,
                new InstanceBinding
                {
                    Addresses =
                    [
                        new VirtualAddress(new IpPrefix(Node.Address(SecondVip), 32)),
                        new VirtualAddress(new IpPrefix(Node.Address(Network24), 24), Device: "lo", Label: "lo:2"),
                    ],
                    Routes = [Route()],
                    Rules = [new VirtualRule(new IpRule { From = Prefix(), Table = 77, Preference = 700 })],
                },
            ],
        };
        _node.Start();
        Node.WaitUntil(() => Network.HasVip(_node.Machine, Network24) && Things().Contains("10.77.0.0/16 dev eth0", StringComparison.Ordinal), Things);
    }

    public void Dispose()
    {
        _node.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void Instance_IsInTheFileNoMore_ItsThingsAreRemoved_TheOthersStay()
    {
        Kill();
        Assert.True(Network.HasVip(_node.Machine, SecondVip));

        int since = _node.Count;
        _node.Settings = _node.Settings with
        {
            Router = _node.Settings.Router with { Instances = _node.Settings.Router.Instances.RemoveAt(1) },
            Bindings = _node.Settings.Bindings.RemoveAt(1),
        };
        _node.Start();
        AssertRemoved(since);
        _node.ExpectState(VrrpState.Master, since);
        Node.WaitUntil(() => _node.HasVip, () => _node.Said(since));
    }

    [Fact]
    public void NoInstance_IsInTheFileAnyMore_AllIsRemoved_AndNothingIsRemembered()
    {
        Kill();
        Assert.True(VirtualRouterProcess.HasRemains(_node.RunDirectory));
        int since = _node.Count;
        _node.Settings = _node.Settings with { Router = new VrrpRouterSettings(), Bindings = [] };
        _node.Start();
        AssertRemoved(since);
        Node.WaitUntil(() => !_node.HasVip, () => _node.Said(since));
        Assert.True(_node.Client.Stop(Node.Patience));
        Assert.False(VirtualRouterProcess.HasRemains(_node.RunDirectory));
    }

    // A node that was not killed knows what it holds: who has put a backup's address on the interface by hand keeps it.
    [Fact]
    public void Backup_IsReloadedWithoutAnInstance_AnAddressSetByHandStays()
    {
        using var master = new Speaker(_network.AddMachine(2), "10.9.0.2");
        int since = _node.Count;
        _node.Change(instance => instance with { Priority = 50 });
        _node.Settings = _node.Settings with
        {
            Router = _node.Settings.Router with { Instances = _node.Settings.Router.Instances.RemoveAt(1) },
            Bindings = _node.Settings.Bindings.RemoveAt(1),
        };
        _node.Start();
        AssertGone();
        Network.Ip($"-n {_node.Machine} addr add {SecondVip}/32 dev eth0");
        _node.Start();
        _node.Snapshot();
        Assert.True(Network.HasVip(_node.Machine, SecondVip), _node.Said(since));
    }

    private static IpPrefix Prefix() => IpPrefix.TryParse("10.77.0.0/16", out IpPrefix prefix) ? prefix : default;

    private static VirtualRoute Route() => new(new IpRoute { Target = Prefix(), Device = "eth0" });

    private void Kill()
    {
        _node.Kill();
        _node.Expect<RoleEvent.Exited>(_ => true);
    }

    private void AssertRemoved(int since)
    {
        AssertGone();
        foreach (string what in new[] { $"address {SecondVip}/32 dev eth0", $"address {Network24}/24 dev lo", "route 10.77.0.0/16", "rule " })
        {
            _node.Expect<RoleEvent.Noted>(note => note.Text.StartsWith($"removed {what}", StringComparison.Ordinal), since);
        }
    }

    private void AssertGone() => Node.WaitUntil(
        () => !Network.HasVip(_node.Machine, SecondVip) && !Network.HasVip(_node.Machine, Network24) && !Things().Contains("10.77", StringComparison.Ordinal),
        () => Things() + _node.Said());

    private string Things() => Network.Command("ip", $"-n {_node.Machine} -o addr show") + Network.Command("ip", $"-n {_node.Machine} route show")
        + Network.Command("ip", $"-n {_node.Machine} rule show");
}
