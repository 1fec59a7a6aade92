using Pointsman.Base;
using Pointsman.Tests;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;
using Pointsman.Vrrp.Rivals;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Instances with the virtual router's own MAC address, on macvlan interfaces of the role's making.</summary>
public sealed class VirtualMacTests : IDisposable
{
    private const string Mac = "00:00:5e:00:01:33";

    private readonly Network _network = Network.Create();
    private readonly Node _node;

    public VirtualMacTests() => _node = NewNode(1, priority: 150);

    public void Dispose()
    {
        _node.Dispose();
        _network.Dispose();
    }

    [Fact]
    [Rfc("9568-7.2-2")]
    [Rfc("9568-7.4-1")]
    [Rfc("9568-8.1.2-1")]
    [Rfc("9568-8.1.2-2")]
    [Rfc("3768-7.2-2")]
    [Rfc("3768-8.2-1")]
    [Rfc("3768-8.2-2")]
    public void Master_SpeaksAndAnswersFromIt_StoppedLeavesNothing()
    {
        string[] before = Settings();
        Network.Command("ip", $"netns exec {_node.Machine} sysctl -qw net.ipv4.conf.all.rp_filter=1");
        using var watch = new ArpWatch(_network.AddMachine(9));
        StartAsMaster();

        string link = Network.Command("ip", $"-n {_node.Machine} -d -o addr show vrrp.51")
            + Network.Command("ip", $"-n {_node.Machine} -d link show vrrp.51");
        Assert.Contains(Mac, link, StringComparison.Ordinal);
        Assert.Contains("macvlan mode private", link, StringComparison.Ordinal);
        Assert.Contains("addrgenmode none", link, StringComparison.Ordinal);
        Assert.Contains(Network.Vip, link, StringComparison.Ordinal);
        Assert.DoesNotContain(Network.Vip, Network.Command("ip", $"-n {_node.Machine} -o addr show eth0"), StringComparison.Ordinal);
        Assert.Equal(["0", "1", "1", "1", "2", "1", "1", "0", "1"], Settings());
        Node.WaitUntil(() => watch.CountOf(Mac) > 0, () => "the address is not announced from the virtual MAC address");
        Node.WaitUntil(() => _network.PortOf(Mac) == "p1", () => "adverts do not come from the virtual MAC address");

        // A client's view: the address answers, with the virtual MAC address.
        string client = _network.AddMachine(8);
        Assert.Contains("refused", Network.Connect(client, Network.Vip), StringComparison.Ordinal);
        Assert.Contains(Mac, Network.Command("ip", $"-n {client} neigh show {Network.Vip}"), StringComparison.Ordinal);

        Assert.True(_node.Client.Stop(Node.Patience));
        Assert.DoesNotContain("vrrp.51", Network.Command("ip", $"-n {_node.Machine} link"), StringComparison.Ordinal);
        Network.Command("ip", $"netns exec {_node.Machine} sysctl -qw net.ipv4.conf.all.rp_filter=0");
        Assert.Equal(before, Settings());
    }

    [Fact]
    [Rfc("9568-6.4.3-2")]
    [Rfc("9568-6.4.3-3")]
    [Rfc("9568-7.2-2")]
    [Rfc("9568-8.2.2-1")]
    [Rfc("9568-8.2.2-2")]
    public void MasterOverIpv6_SpeaksAndAnswersFromIt()
    {
        const string MacV6 = "00:00:5e:00:02:33";
        Way way = Way.All["v3 IPv6 VMAC"];
        using Node node = way.MakeOurs(_network.AddMachine(3), priority: 150);
        node.Start();
        node.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => Network.HasVip(node.Machine, way.Vip), () => node.Said());
        Node.WaitUntil(() => _network.PortOf(MacV6) == "p3", () => "adverts do not come from the virtual MAC address");

        string client = _network.AddMachine(8);
        Assert.Contains("refused", Network.Connect(client, way.Vip), StringComparison.Ordinal);
        string seen = Network.Command("ip", $"-n {client} neigh show {way.Vip}");
        Assert.Contains(MacV6, seen, StringComparison.Ordinal);
        Assert.DoesNotContain(Network.MacOf(node.Machine), seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Interface_IsDeletedBySomeone_IsBackWithItsAddress_NothingMoves()
    {
        StartAsMaster();
        int since = _node.Count;
        Network.Ip($"-n {_node.Machine} link del vrrp.51");
        _node.Expect<RoleEvent.Noted>(note => note.Text.Contains("was removed from vrrp.51", StringComparison.Ordinal), since);
        Assert.True(_node.HasVip);
        long sent = _node.Snapshot().Instances[0].AdvertsSent;
        Node.WaitUntil(() => _node.Snapshot().Instances[0].AdvertsSent > sent + 4, () => _node.Said(since));
        Assert.False(_node.Has(said => said is RoleEvent.StateChanged, since), _node.Said(since));
        Assert.Equal(0, _node.Snapshot().Instances[0].ActionsFailed);

        since = _node.Count;
        Network.Ip($"-n {_node.Machine} link set vrrp.51 down");
        Node.WaitUntil(
            () => Network.Command("ip", $"-n {_node.Machine} link show vrrp.51").Contains(",UP", StringComparison.Ordinal), () => _node.Said(since));
        Assert.False(_node.Has(said => said is RoleEvent.StateChanged, since), _node.Said(since));
    }

    [Fact]
    public void Interface_BelowIsReplaced_OneAboveFollows()
    {
        StartAsMaster();
        int since = _node.Count;
        Network.Ip($"-n {_node.Machine} link del eth0");
        _node.ExpectState(VrrpState.Fault, since);
        _network.AddEthernet(_node.Machine, 1);
        _node.ExpectState(VrrpState.Master, since);
        Node.WaitUntil(() => _node.HasVip, () => _node.Said(since));
        Node.WaitUntil(() => _network.PortOf(Mac) == "p1", () => "adverts do not come from the virtual MAC address");
    }

    [Fact]
    public void Name_IsTakenByAnotherKindOfInterface_IsAFaultWithAReason()
    {
        Network.Ip($"-n {_node.Machine} link add vrrp.51 type bridge");
        _node.Start();
        Assert.Contains("interface vrrp.51 down", _node.ExpectState(VrrpState.Fault).Text, StringComparison.Ordinal);
        _node.Expect<RoleEvent.Noted>(note => note.Text.StartsWith("vrrp.51 is there and is no macvlan", StringComparison.Ordinal));

        Network.Ip($"-n {_node.Machine} link del vrrp.51");
        _node.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => _node.HasVip, () => _node.Said());
    }

    [Fact]
    public void Role_IsKilled_TheNextOneWithoutVirtualMac_ClearsUp()
    {
        string[] before = Settings();
        StartAsMaster();
        _node.Kill();
        _node.Expect<RoleEvent.Exited>(_ => true);
        Assert.Contains("vrrp.51", Network.Command("ip", $"-n {_node.Machine} link"), StringComparison.Ordinal);

        int since = _node.Count;
        WithoutVirtualMac();
        _node.Start();
        _node.ExpectState(VrrpState.Master, since);
        Node.WaitUntil(
            () => !Network.Command("ip", $"-n {_node.Machine} link").Contains("vrrp.51", StringComparison.Ordinal), () => _node.Said(since));
        Assert.Contains(Network.Vip, Network.Command("ip", $"-n {_node.Machine} -o addr show eth0"), StringComparison.Ordinal);
        Assert.Equal(before, Settings());
    }

    [Fact]
    public void NewSettings_WithAndWithoutVirtualMac_TheMasterStaysMaster()
    {
        StartAsMaster();
        int since = _node.Count;
        VirtualRouterSettings withMac = _node.Settings;
        WithoutVirtualMac();
        _node.Start();
        Node.WaitUntil(
            () => Network.Command("ip", $"-n {_node.Machine} -o addr show eth0").Contains(Network.Vip, StringComparison.Ordinal)
                && !Network.Command("ip", $"-n {_node.Machine} link").Contains("vrrp.51", StringComparison.Ordinal),
            () => _node.Said(since));

        _node.Settings = withMac;
        _node.Start();
        Node.WaitUntil(
            () => Network.Command("ip", $"-n {_node.Machine} -o addr show").Contains($"vrrp.51    inet {Network.Vip}", StringComparison.Ordinal)
                && !Network.Command("ip", $"-n {_node.Machine} -o addr show eth0").Contains(Network.Vip, StringComparison.Ordinal),
            () => _node.Said(since));
        Assert.False(
            _node.Has(said => said is RoleEvent.StateChanged { To: VrrpState.Backup or VrrpState.Initialize or VrrpState.Fault }, since), _node.Said(since));
    }

    // The data path must know the other director by the card it forwards from.
    [Fact]
    public void Two_WithTheSameMac_HearEachOther_AndLearnTheCards()
    {
        StartAsMaster();
        using Node backup = NewNode(2, priority: 100);
        backup.Start();
        backup.ExpectState(VrrpState.Backup);
        string card = Network.MacOf(_node.Machine);
        Node.WaitUntil(
            () => FileLeases.Log(backup.LeaseDirectory).Contains($"peer 10.9.0.1 {card}"), () => backup.Said());
        Assert.DoesNotContain(FileLeases.Log(backup.LeaseDirectory), line => line.Contains(Mac, StringComparison.Ordinal));
        Assert.False(backup.Has(said => said is RoleEvent.StateChanged { To: VrrpState.Master }), backup.Said());

        // A backup says nothing from the virtual MAC address: the switch goes on sending to the master.
        Assert.Equal("p1", _network.PortOf(Mac));
        int since = backup.Count;
        Assert.True(_node.Client.Stop(Node.Patience));
        backup.ExpectState(VrrpState.Master, since);
        Node.WaitUntil(() => backup.HasVip && _network.PortOf(Mac) == "p2", () => backup.Said());
    }

    [Fact]
    public void Firewall_DropsAdverts_BothNotice()
    {
        StartAsMaster();
        using Node second = NewNode(2, priority: 100);
        second.Start();
        second.ExpectState(VrrpState.Backup);
        Node.WaitUntil(() => second.Snapshot().Instances[0].AdvertsReceived > 1, () => second.Said());
        _network.DropAdverts();
        foreach (Node node in new[] { _node, second })
        {
            node.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.RivalSeen);
            RivalSnapshot rival = node.Snapshot().Instances[0].Rival!;
            Assert.Equal((RivalCause.NothingHeard, Node.Address(Network.Vip)), (rival.Cause, rival.Claimed));
        }

        _network.PassAdverts();
        second.Expect<RoleEvent.StateChanged>(changed => changed is { From: VrrpState.Master, To: VrrpState.Backup });
        foreach (Node node in new[] { _node, second })
        {
            node.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.RivalGone);
        }
    }

    private Node NewNode(int number, byte priority)
    {
        var node = new Node(_network.AddMachine(number), priority);
        node.Change(instance => instance with
        {
            RivalProbeInterval = TimeSpan.FromSeconds(1), TrackInterfaces = [new VrrpTrack("vrrp.51", Weight: 0)],
        });
        Network.Command("ip", $"netns exec {node.Machine} sysctl -qw net.ipv4.conf.all.rp_filter=0");
        node.Settings = node.Settings with
        {
            Bindings =
            [
                node.Settings.Bindings[0] with
                {
                    Addresses = [new VirtualAddress(new IpPrefix(Node.Address(Network.Vip), 32), "vrrp.51")],
                    VirtualMacs = [Way.VirtualMac(IpFamily.V4)],
                },
            ],
        };
        return node;
    }

    private void WithoutVirtualMac()
    {
        _node.Change(instance => instance with { TrackInterfaces = [] });
        _node.Settings = _node.Settings with
        {
            Bindings =
            [
                _node.Settings.Bindings[0] with
                {
                    Addresses = [new VirtualAddress(new IpPrefix(Node.Address(Network.Vip), 32))], VirtualMacs = [],
                },
            ],
        };
    }

    private void StartAsMaster()
    {
        _node.Start();
        _node.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => _node.HasVip && _node.IsArmed, () => _node.Said());
    }

    // all/rp_filter, then eth0's, then the new interface's; nothing for what is not there.
    private string[] Settings() => Network.Command(
        "ip",
        $"netns exec {_node.Machine} sh -c \"cd /proc/sys/net/ipv4/conf; cat all/rp_filter eth0/rp_filter eth0/arp_ignore eth0/arp_filter eth0/arp_announce; "
        + "cd vrrp.51 2>/dev/null && cat arp_ignore accept_local rp_filter promote_secondaries; true\"")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
