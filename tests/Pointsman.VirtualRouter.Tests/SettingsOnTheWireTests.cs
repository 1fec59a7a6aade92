using Pointsman.Base;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;
using Pointsman.Wire;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Settings of an instance that change what is on the wire, or what is made of it.</summary>
public sealed class SettingsOnTheWireTests
{
    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    public void AddressCheckOfAKnownMaster_IsSkippedWhereAskedFor(bool isSkipped, int mismatches)
    {
        using Network network = Network.Create();
        using Node ours = Way.All["v3 IPv4"].MakeOurs(network.AddMachine(1), priority: 100);
        ours.Change(instance => instance with { SkipsAddressCheck = isSkipped });
        using var master = new Speaker(network.AddMachine(2), "10.9.0.2");
        ours.Start();
        ours.ExpectState(VrrpState.Backup);
        for (int i = 0; i < 3; i++)
        {
            master.Say(priority: 200, interval: TimeSpan.FromSeconds(20), addresses: "10.9.0.77");
        }

        Node.WaitUntil(() => ours.Snapshot().Instances[0].AdvertsReceived == 3, () => ours.Said());
        Assert.Equal(mismatches, ours.Snapshot().Instances[0].AddressListMismatches);
    }

    // Of both, one is believed by keepalived of each kind: what we send is what is set, and each hears the other.
    [Theory]
    [InlineData(VrrpChecksumForm.Message, VrrpChecksumForm.PseudoHeader)]
    [InlineData(VrrpChecksumForm.PseudoHeader, VrrpChecksumForm.Message)]
    public void Checksum_IsSentAsSet_TheOtherKindIsHeardAndTold(VrrpChecksumForm oursForm, VrrpChecksumForm otherForm)
    {
        using Network network = Network.Create();
        using Node ours = Way.All["v3 IPv4"].MakeOurs(network.AddMachine(1), priority: 150);
        using Node other = Way.All["v3 IPv4"].MakeOurs(network.AddMachine(2), priority: 100);
        ours.Change(instance => instance with { ChecksumForm = oursForm });
        other.Change(instance => instance with { ChecksumForm = otherForm });
        other.Start();
        other.ExpectState(VrrpState.Backup);
        ours.Start();
        ours.ExpectState(VrrpState.Master);
        other.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.ChecksumFormDiffers);
        Assert.Empty(other.Snapshot().Instances[0].Discarded);
    }

    [Fact]
    public void AnotherGroupOverIpv6_IsSpokenToAndHeard_TheUsualOneIsNot()
    {
        using Network network = Network.Create();
        using Node ours = Way.All["v3 IPv6"].MakeOurs(network.AddMachine(1), priority: 100);
        ours.Change(instance => instance with { MulticastGroup = Node.Address("ff02::77") });
        string machine = network.AddMachine(2);
        using var other = new Speaker(machine);
        using var wire = new WireLog(machine, "ip6 proto 112");
        ours.Start();
        ours.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => wire.Count("> ff02::77:") > 0, () => wire.Text);

        int since = ours.Count;
        other.Say(priority: 200);
        other.Say(priority: 150, to: "ff02::77", interval: TimeSpan.FromSeconds(20));
        ours.ExpectState(VrrpState.Backup, since);
        Assert.Equal(150, ours.Snapshot().Instances[0].MasterPriority);
        Assert.Equal(0, wire.Count("> ff02::12: VRRPv3, Advertisement, vrid 51, prio 100"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NeighbourInterval_OfAllOrOfTheInterfacesGroup_PacesIpv6(bool isOfGroup)
    {
        using Network network = Network.Create();
        using Node ours = Way.All["v3 IPv6"].MakeOurs(network.AddMachine(1), priority: 100);
        ours.Change(instance => instance with { GarpMasterRepeat = 3, GarpMasterDelay = TimeSpan.Zero });
        var interval = TimeSpan.FromMilliseconds(400);
        ours.Settings = ours.Settings with
        {
            Announcements = isOfGroup
                ? new AnnouncementSettings { Groups = [new AnnouncementGroup(["eth0"], null, interval)] }
                : new AnnouncementSettings { NeighbourInterval = interval },
        };
        using var wire = new WireLog(network.AddMachine(9), "icmp6 and ip6[40] == 136");
        ours.Start();
        ours.ExpectState(VrrpState.Master);

        // Two addresses, three times each: five pauses. A busy machine makes two of them shorter at most.
        const string What = "> ff02::1: ICMP6, neighbor advertisement";
        Node.WaitUntil(() => wire.Count(What) >= 6, () => wire.Text);
        double[] times = wire.Times(What);
        Assert.True(times[5] - times[0] > 1.2, wire.Text);
    }

    // use_vmac_addr: adverts by the card, an address elsewhere on a MAC address of its own.
    [Fact]
    public void AddressOnAnotherInterface_HasTheVirtualMac_AdvertsComeFromTheCard()
    {
        const string Mac = "00:00:5e:00:01:33";
        const string Vip = "10.10.0.100";
        using Network network = Network.Create();
        using Network elsewhere = Network.Create();
        using Node ours = new(network.AddMachine(1), priority: 100);
        string client = elsewhere.AddMachine(8);
        elsewhere.Plug(ours.Machine, "eth1", 2);
        Network.Ip($"-n {ours.Machine} link set eth1 up");
        Network.Ip($"-n {client} addr add 10.10.0.8/24 dev eth0");
        ours.Change(instance => instance with { VirtualAddresses = [Node.Address(Vip)] });
        ours.Settings = ours.Settings with
        {
            Bindings =
            [
                ours.Settings.Bindings[0] with
                {
                    Addresses = [new VirtualAddress(new IpPrefix(Node.Address(Vip), 24), "vrrp.51.1")],
                    VirtualMacs = [new VirtualMac("vrrp.51.1", "eth1", MacAddress.VirtualRouter(IpFamily.V4, 51))],
                },
            ],
        };
        using var wire = new WireLog(network.AddMachine(9), "ip proto 112");
        ours.Start();
        ours.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => wire.Count($"{Network.MacOf(ours.Machine)} > ") > 0, () => wire.Text);
        Assert.Contains("refused", Network.Connect(client, Vip), StringComparison.Ordinal);
        Assert.Contains(Mac, Network.Command("ip", $"-n {client} neigh show {Vip}"), StringComparison.Ordinal);
        Assert.True(ours.Client.Stop(Node.Patience));
        Assert.DoesNotContain("vrrp.51.1", Network.Command("ip", $"-n {ours.Machine} link"), StringComparison.Ordinal);
    }
}
