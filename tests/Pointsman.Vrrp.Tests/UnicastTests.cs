using Pointsman.Base;
using Pointsman.Wire;
using Xunit;
using static Pointsman.Vrrp.Tests.RouterHarness;

namespace Pointsman.Vrrp.Tests;

public sealed class UnicastTests
{
    private static readonly VrrpInstanceSettings Ours = Fast() with
    {
        UnicastPeers = [new UnicastPeer(Higher, MinTimeToLive: 250, MaxTimeToLive: 254), new UnicastPeer(Lower)],
    };

    private static readonly VrrpInstanceSettings Theirs = Ours with { UnicastPeers = [new UnicastPeer(Own)], UnicastTimeToLive = 252 };

    [Fact]
    public void Adverts_GoToEachPeer_FromTheOwnAddress()
    {
        var node = new RouterHarness(Ours with { UnicastTimeToLive = 64 });
        var bytes = new byte[1500];

        Assert.Equal([Higher, Lower], node.Router.Instances[0].AdvertTargets);
        foreach (IpAddress target in node.Router.Instances[0].AdvertTargets)
        {
            int lengthBytes = node.Router.WriteAdvertPacket(VrrpAction.SendAdvert(0, 100), target, bytes);
            VrrpPacket.TryParse(bytes.AsSpan(0, lengthBytes), out VrrpPacket packet);
            Assert.Equal(new PacketPath(Own, target), packet.Path);
            Assert.Equal(64, packet.TimeToLive);
            Assert.Equal(VrrpParseError.None, VrrpAdvert.TryParse(packet.Message, packet.Path, out VrrpAdvert advert));
            Assert.Equal(VrrpChecksumForm.PseudoHeader, advert.ChecksumForm);
        }
    }

    [Fact]
    public void PeersAdvert_WithinItsBounds_IsHeard()
    {
        RouterHarness node = new RouterHarness(Ours).Start();

        Assert.True(node.TryHearPacket(Packet(Theirs, 150, Higher)));

        Assert.Equal(1, node.Router.Instances[0].Counters.AdvertsReceived);
    }

    [Theory]
    [InlineData(249)]
    [InlineData(255)]
    public void PeersAdvert_OutsideItsBounds_IsRefused(byte timeToLive)
    {
        RouterHarness node = new RouterHarness(Ours).Start();

        node.TryHearPacket(Packet(Theirs with { UnicastTimeToLive = timeToLive }, 150, Higher));

        Assert.Equal(
            [$"(VI_1) received an invalid packet from 10.0.0.9 on eth0: TTL is {timeToLive}, outside its bounds - discarding"],
            node.Log);
    }

    [Fact]
    public void PeerWithoutBounds_IsHeardFromAnyDistance()
    {
        RouterHarness node = new RouterHarness(Ours).Start();

        node.TryHearPacket(Packet(Theirs with { UnicastTimeToLive = 1 }, 150, Lower));

        Assert.Equal(1, node.Router.Instances[0].Counters.AdvertsReceived);
    }

    [Fact]
    public void Strangers_AreHeard_UnlessSourcesAreChecked()
    {
        byte[] packet = Packet(Theirs, 150, IpAddress.Parse("10.0.0.77"));
        RouterHarness open = new RouterHarness(Ours).Start();
        RouterHarness strict = new RouterHarness(Ours with { ChecksUnicastSource = true }).Start();

        open.TryHearPacket(packet);
        strict.TryHearPacket(packet);

        Assert.Equal(1, open.Router.Instances[0].Counters.AdvertsReceived);
        Assert.Equal(1, strict.Router.Instances[0].Counters.Discarded(VrrpDiscardReason.UnknownPeer));
        Assert.Equal(
            ["(VI_1) received an invalid packet from 10.0.0.77 on eth0: its sender is not in unicast_peer - discarding"],
            strict.Log);
    }

    [Fact]
    public void MulticastAdvert_WherePeersAreConfigured_IsRefused()
    {
        RouterHarness node = new RouterHarness(Ours).Start();

        node.TryHearPacket(Packet(Fast(), 150, Higher));

        Assert.Equal(
            ["(VI_1) received an invalid packet from 10.0.0.9 on eth0: sent to the multicast group, but unicast_peer is configured here - discarding"],
            node.Log);
        Assert.Equal(1, node.Router.Instances[0].Counters.Discarded(VrrpDiscardReason.Delivery));
    }

    [Fact]
    public void UnicastAdvert_WhereNoPeersAreConfigured_IsRefused()
    {
        RouterHarness node = new RouterHarness(Fast()).Start();

        node.TryHearPacket(Packet(Theirs with { UnicastTimeToLive = 255 }, 150, Higher));

        Assert.Equal(
            ["(VI_1) received an invalid packet from 10.0.0.9 on eth0: sent to this node alone, but no unicast_peer is configured here - discarding"],
            node.Log);
    }

    [Fact]
    public void OtherGroupsAdvert_IsNotForUs()
    {
        RouterHarness node = new RouterHarness(Fast() with { MulticastGroup = IpAddress.Parse("224.0.0.99") }).Start();

        node.TryHearPacket(Packet(Fast(), 150, Higher));

        Assert.Equal(1, node.Router.Instances[0].Counters.Discarded(VrrpDiscardReason.Delivery));
    }

    [Fact]
    public void SameRouterId_ByUnicastAndMulticast_EachHearsItsOwn()
    {
        var node = new RouterHarness(Fast("VI_1"), Ours with { Name = "VI_2" });
        node.Start();

        node.TryHearPacket(Packet(Theirs, 150, Higher));
        node.TryHearPacket(Packet(Fast(), 150, Higher));

        Assert.Equal(1, node.Router.Instances[0].Counters.AdvertsReceived);
        Assert.Equal(1, node.Router.Instances[1].Counters.AdvertsReceived);
    }

    [Fact]
    public void NoPeers_WhereThatIsAFault_StaysInFaultWithAReason()
    {
        RouterHarness node = new RouterHarness(Fast() with { LacksPeers = true }).Start();

        Assert.Equal(VrrpState.Fault, node.State);
        Assert.Contains("(VI_1) Entering FAULT STATE (unicast_peer names nobody)", node.Log);
    }

    [Fact]
    public void OldReleasesChecksum_FromAPeer_IsHeard()
    {
        RouterHarness node = new RouterHarness(Ours).Start();

        node.TryHearPacket(Packet(Theirs with { ChecksumForm = VrrpChecksumForm.PseudoHeaderOfGroup }, 150, Higher));

        Assert.Equal(1, node.Router.Instances[0].Counters.AdvertsReceived);
    }

    [Fact]
    public void MastersAddresses_AreComparedOnce_WhereTheCheckIsSkipped()
    {
        RouterHarness node = new RouterHarness(Fast() with { SkipsAddressCheck = true }).Start();
        byte[] advert = Advert(Fast() with { VirtualAddresses = [IpAddress.Parse("10.0.0.101")] }, 150);

        node.Hear(advert, Higher).Hear(advert, Higher).Hear(advert, Higher);

        Assert.Equal(1, node.Router.Instances[0].Counters.AddressListMismatches);
    }
}
