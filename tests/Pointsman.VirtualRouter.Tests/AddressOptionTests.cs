using Pointsman.Base;
using Pointsman.Linux.Network;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Every option of an address of <c>virtual_ipaddress</c>, as the kernel shows it.</summary>
public sealed class AddressOptionTests
{
    [Fact]
    public void EveryOption_IsOnTheInterface_AndGoesWithTheMastership()
    {
        using Network network = Network.Create();
        using var node = new Node(network.AddMachine(1), priority: 100);
        Network.Ip($"-n {node.Machine} link add other type bridge");
        Network.Ip($"-n {node.Machine} link set other up");
        node.Settings = node.Settings with
        {
            Bindings =
            [
                node.Settings.Bindings[0] with
                {
                    Addresses =
                    [
                        Of(Network.Vip, 32) with { Label = "eth0:7" },
                        Of("10.9.1.100", 24) with { Broadcast = Node.Address("10.9.1.255"), Scope = AddressScope.Site },
                        Of("10.9.2.100", 32) with { Peer = Node.Address("10.9.2.200"), Scope = AddressScope.Link },
                        Of("10.9.3.100", 24) with { Device = "other", Traits = AddressTraits.NoPrefixRoute | AddressTraits.NoDuplicateDetection },
                        Of("2001:db8:9:1::100", 64) with { PreferredLifetimeSeconds = 0 },
                        Of("2001:db8:9:2::100", 64) with { Traits = AddressTraits.Home | AddressTraits.NoDuplicateDetection },
                        Of("2001:db8:9:3::100", 64) with { Traits = AddressTraits.ManageTemporary | AddressTraits.NoPrefixRoute },
                        Of("2001:db8:9:4::100", 128),
                    ],
                },
            ],
        };
        node.Start();
        node.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => Network.HasVip(node.Machine, "2001:db8:9:4::100"), () => node.Said());

        string[] lines = Network.Command("ip", $"-n {node.Machine} -o -d addr show").Split('\n');
        string Line(string address) => Assert.Single(lines, line => line.Contains($" {address}", StringComparison.Ordinal));
        Assert.Contains("eth0:7", Line("10.9.0.100/32"), StringComparison.Ordinal);
        Assert.Contains("brd 10.9.1.255 scope site", Line("10.9.1.100/24"), StringComparison.Ordinal);
        Assert.Contains("peer 10.9.2.200/32 scope link", Line("10.9.2.100"), StringComparison.Ordinal);
        Assert.Contains(": other ", Line("10.9.3.100/24"), StringComparison.Ordinal);
        Assert.Contains("noprefixroute", Line("10.9.3.100/24"), StringComparison.Ordinal);
        Assert.Contains("deprecated", Line("2001:db8:9:1::100/64"), StringComparison.Ordinal);
        Assert.Contains(" home", Line("2001:db8:9:2::100/64"), StringComparison.Ordinal);
        Assert.Contains("mngtmpaddr noprefixroute", Line("2001:db8:9:3::100/64"), StringComparison.Ordinal);
        Assert.Contains("deprecated", Line("2001:db8:9:4::100/128"), StringComparison.Ordinal);
        Assert.Contains("nodad", Line("2001:db8:9:4::100/128"), StringComparison.Ordinal);
        Assert.DoesNotContain(node.Snapshot().Instances, instance => instance.ActionsFailed > 0);

        Assert.True(node.Client.Stop(Node.Patience));
        string left = Network.Command("ip", $"-n {node.Machine} -o addr show");
        foreach (VirtualAddress address in node.Settings.Bindings[0].Addresses)
        {
            Assert.DoesNotContain($" {address.Prefix.Address}", left, StringComparison.Ordinal);
        }
    }

    private static VirtualAddress Of(string address, int length) => new(new IpPrefix(Node.Address(address), length));
}
