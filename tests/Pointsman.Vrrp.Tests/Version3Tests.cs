using Pointsman.Base;
using Pointsman.Tests;
using Pointsman.Wire;
using Xunit;
using static Pointsman.Vrrp.Tests.RouterHarness;

namespace Pointsman.Vrrp.Tests;

public sealed class Version3Tests
{
    [Fact]
    [Rfc("9568-6.1-2")]
    [Rfc("9568-6.1-3")]
    public void Backup_HearsNobody_TakesOverAfterThreeIntervalsAndItsPartOfOne()
    {
        RouterHarness node = new RouterHarness(Fast()).Start();

        Assert.Equal(TimeSpan.FromMilliseconds(300 + (100 * 156 / 256.0)), node.Router.Deadline - node.Now);
        Assert.Equal(VrrpState.Backup, node.Advance(0.36).State);
        Assert.Equal(VrrpState.Master, node.Advance(0.001).State);
    }

    [Fact]
    [Rfc("9568-6.1-1")]
    [Rfc("9568-6.4.2-10")]
    public void Backup_HearsItsMastersInterval_MeasuresSilenceByIt()
    {
        RouterHarness node = new RouterHarness(Fast()).Start();

        node.Hear(Advert(Fast() with { AdvertInterval = TimeSpan.FromSeconds(1) }, 150), Higher);

        Assert.Equal(TimeSpan.FromSeconds(1), node.Router.Instances[0].MasterAdvertInterval);
        Assert.Equal(TimeSpan.FromSeconds(3 + (156 / 256.0)), node.Router.Deadline - node.Now);
        Assert.Equal(["(VI_1) advert interval of 10.0.0.9 is 1 s, ours 0.1 s: its own counts while it is master"], node.Log);
        Assert.Equal(1, node.Router.Instances[0].Counters.IntervalMismatches);
    }

    [Fact]
    [Rfc("9568-6.4.2-9")]
    public void Backup_HearsAFarewell_WaitsItsPartOfTheMastersInterval()
    {
        RouterHarness node = new RouterHarness(Fast()).Start();
        node.Hear(Advert(Fast() with { AdvertInterval = TimeSpan.FromSeconds(1) }, 150), Higher);

        node.Hear(0, Higher);

        Assert.Equal(TimeSpan.FromSeconds(156 / 256.0), node.Router.Deadline - node.Now);
    }

    [Fact]
    public void Backup_HearsALowerMaster_KeepsItsOwnInterval()
    {
        RouterHarness node = new RouterHarness(Fast()).Start();

        node.Hear(Advert(Fast() with { AdvertInterval = TimeSpan.FromSeconds(1) }, 50, Lower), Lower);

        // It is heard, and told of: only its pace is not taken over.
        Assert.Equal(1, node.Router.Instances[0].Counters.AdvertsReceived);
        Assert.Equal(1, node.Router.Instances[0].Counters.IntervalMismatches);
        Assert.Equal(TimeSpan.FromMilliseconds(100), node.Router.Instances[0].MasterAdvertInterval);
        Assert.Equal(TimeSpan.FromMilliseconds(300 + (100 * 156 / 256.0)), node.Router.Deadline - node.Now);
    }

    [Fact]
    [Rfc("9568-6.4.3-12")]
    public void Master_YieldsToASlowerOne_MeasuresItsSilenceByItsInterval()
    {
        RouterHarness node = new RouterHarness(Fast()).StartAsMaster();

        node.Hear(Advert(Fast() with { AdvertInterval = TimeSpan.FromSeconds(2) }, 150), Higher);

        Assert.Equal(VrrpState.Backup, node.State);
        Assert.Equal(TimeSpan.FromSeconds(6 + (2 * 156 / 256.0)), node.Router.Deadline - node.Now);
    }

    [Fact]
    public void Master_TakesOverFromASlowerOne_SpeaksAtItsOwnPace()
    {
        RouterHarness node = new RouterHarness(Fast()).Start();
        node.Hear(Advert(Fast() with { AdvertInterval = TimeSpan.FromSeconds(1) }, 150), Higher).Advance(3.7);
        Assert.Equal(VrrpState.Master, node.State);

        Assert.True(node.Router.Deadline - node.Now <= TimeSpan.FromMilliseconds(100));
        Assert.Equal(TimeSpan.FromMilliseconds(300), node.Router.Instances[0].LeaseTime);
    }

    [Fact]
    public void Leaving_ServesOnAsInVersion2_LongerWhereTheIntervalIs()
    {
        VrrpInstanceSettings slow = Fast() with { AdvertInterval = TimeSpan.FromSeconds(5) };

        Assert.Equal(
            TimeSpan.FromMilliseconds(1100), new RouterHarness(Fast()).StartAsMaster().Stop().Router.Instances[0].LeaseTime);
        Assert.Equal(
            TimeSpan.FromMilliseconds(5100), new RouterHarness(slow).StartAsMaster().Stop().Router.Instances[0].LeaseTime);
    }

    [Fact]
    [Rfc("9568-7.1-8")]
    public void Advert_HasNoInterval_IsRefused_UnlessItIsAFarewell()
    {
        RouterHarness node = new RouterHarness(Fast()).Start();

        node.Hear(Advert(Fast() with { AdvertInterval = TimeSpan.Zero }, 150), Higher);
        Assert.Equal(1, node.Router.Instances[0].Counters.Discarded(VrrpDiscardReason.AdvertInterval));
        Assert.Equal(["(VI_1) received an invalid packet from 10.0.0.9 on eth0: an advert interval of zero - discarding"], node.Log);

        node.Hear(Advert(Fast() with { AdvertInterval = TimeSpan.Zero }, 0), Higher);
        Assert.Equal(1, node.Router.Instances[0].Counters.PriorityZeroReceived);
    }

    [Fact]
    [Rfc("9568-5.2.5-1")]
    public void Advert_HasNoAddress_IsRefused()
    {
        RouterHarness node = new RouterHarness(Fast()).Start();

        node.Hear(Advert(Fast() with { VirtualAddresses = [] }, 150), Higher);

        Assert.Equal(1, node.Router.Instances[0].Counters.Discarded(VrrpDiscardReason.NoAddress));
        Assert.Equal(["(VI_1) received an invalid packet from 10.0.0.9 on eth0: no virtual address in it - discarding"], node.Log);
    }

    [Fact]
    public void EitherChecksum_IsHeard_AndTheOtherOneToldOncePerPeer()
    {
        RouterHarness node = new RouterHarness(Fast()).Start();
        byte[] other = Advert(Fast() with { ChecksumForm = VrrpChecksumForm.Message }, 150);

        Assert.Equal(
            ["(VI_1) checksums of 10.0.0.9 are taken over the message alone, ours over the pseudo header, too: both are accepted"],
            node.Hear(other, Higher).Log);
        Assert.Empty(node.Hear(other, Higher).Log);
        Assert.Empty(node.Hear(Advert(Fast(), 150), Higher).Log);
        Assert.Single(node.Hear(other, Higher).Log);
        Assert.Equal(4, node.Router.Instances[0].Counters.AdvertsReceived);
        Assert.Equal(VrrpChecksumForm.Message, Assert.Single(node.Router.Instances[0].Peers).ChecksumForm);
    }

    [Theory]
    [InlineData(VrrpChecksumForm.Message)]
    [InlineData(VrrpChecksumForm.PseudoHeader)]
    public void Advert_IsWritten_WithTheChecksumThatIsSet(VrrpChecksumForm form)
    {
        VrrpPacket.TryParse(Packet(Fast() with { ChecksumForm = form }, 100, Own), out VrrpPacket packet);

        Assert.Equal(VrrpParseError.None, VrrpAdvert.TryParse(packet.Message, packet.Path, out VrrpAdvert advert));
        Assert.Equal(form, advert.ChecksumForm);
    }

    [Fact]
    [Rfc("9568-5.1.1.1-1")]
    [Rfc("9568-5.1.1.2-1")]
    [Rfc("9568-5.1.1.3-1")]
    [Rfc("9568-5.1.1.4-1")]
    [Rfc("9568-5.2.6-1")]
    [Rfc("9568-5.2.7-1")]
    [Rfc("9568-5.2.9-3")]
    [Rfc("9568-7.2-1")]
    [Rfc("9568-7.2-3")]
    [Rfc("9568-7.2-4")]
    public void Advert_IsWritten_IsKeepalivedsPacket()
    {
        VrrpInstanceSettings settings = Fast() with
        {
            VirtualAddresses = [IpAddress.Parse("192.168.1.200"), IpAddress.Parse("192.168.1.201")],
        };

        Assert.Equal(
            "45c0002400010000ff70186ec0a80180e000001231336402000a4322c0a801c8c0a801c9",
            Convert.ToHexStringLower(Packet(settings, 100, IpAddress.Parse("192.168.1.128"))));
    }

    [Fact]
    [Rfc("9568-5.1.2.2-1")]
    [Rfc("9568-5.1.2.3-1")]
    [Rfc("9568-5.1.2.4-1")]
    [Rfc("9568-5.2.8-1")]
    [Rfc("9568-7.2-1")]
    [Rfc("9568-7.2-3")]
    [Rfc("9568-7.2-4")]
    public void Ipv6Advert_IsWritten_IsKeepalivedsPacketWithoutAFlowLabel()
    {
        VrrpInstanceSettings settings = OverIpv6("VI_2") with
        {
            VirtualAddresses = [IpAddress.Parse("fe80::200"), IpAddress.Parse("2001:db8::200")],
        };

        Assert.Equal(
            "6c000000002870fffe800000000000000000000000000128ff020000000000000000000000000012"
                + "31346402000a3b2ffe80000000000000000000000000020020010db8000000000000000000000200",
            Convert.ToHexStringLower(Packet(settings, 100, IpAddress.Parse("fe80::128"))));
    }

    [Fact]
    [Rfc("9568-5.1.2.1-1")]
    public void Ipv6Instance_HasNoLinkLocalAddress_IsAtFaultAndSaysWhichItMisses()
    {
        RouterHarness node = new RouterHarness(OverIpv6()).Start();

        node.SourceAddress(default);

        Assert.Equal(VrrpState.Fault, node.State);
        Assert.Contains("(VI_1) Entering FAULT STATE (no IPv6 link-local address on interface eth0)", node.Log);
        Assert.Equal(VrrpState.Backup, node.SourceAddress(OwnV6).State);
    }

    [Fact]
    [Rfc("9568-5.1.2.3-2")]
    public void Ipv6Advert_CrossedARouter_IsRefused()
    {
        RouterHarness node = new RouterHarness(OverIpv6()).Start();
        byte[] packet = Packet(OverIpv6(), 150, HigherV6);
        packet[7] = 254;

        Assert.True(node.TryHearPacket(packet));

        Assert.Equal(["(VI_1) received an invalid packet from fe80::9 on eth0: TTL is 254, not 255 - discarding"], node.Log);
    }

    [Fact]
    [Rfc("9568-5.2.3-2")]
    public void SameRouterIdOnBothFamilies_EachHearsItsOwn()
    {
        var node = new RouterHarness(Fast() with { Name = "VI_1" }, OverIpv6() with { Name = "VI_2", VirtualRouterId = 51 });
        node.Start();

        Assert.True(node.TryHearPacket(Packet(OverIpv6() with { VirtualRouterId = 51 }, 150, HigherV6)));

        Assert.Equal(0, node.Router.Instances[0].Counters.AdvertsReceived);
        Assert.Equal(1, node.Router.Instances[1].Counters.AdvertsReceived);
    }

    [Fact]
    [Rfc("9568-7.1-2")]
    public void Version2Advert_ToVersion3Instance_IsRefusedWithBothVersions()
    {
        RouterHarness node = new RouterHarness(Fast()).Start();

        node.Hear(Advert(Instance(), 150), Higher);

        Assert.Equal(["(VI_1) received an invalid packet from 10.0.0.9 on eth0: VRRP version 2, ours 3 - discarding"], node.Log);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void DownTimerAdverts_SayHowManyMustBeMissing_AndNoLeaseOutlivesThem(int count)
    {
        RouterHarness node = new RouterHarness(Fast() with { DownTimerAdverts = count }).Start();

        Assert.Equal(TimeSpan.FromMilliseconds((100 * count) + (100 * 156 / 256.0)), node.Router.Deadline - node.Now);
        node.Advance(1);
        Assert.True(node.Router.Instances[0].LeaseTime > TimeSpan.FromMilliseconds(100));
        Assert.True(node.Router.Instances[0].LeaseTime <= Math.Max(1.5, count) * TimeSpan.FromMilliseconds(100));
    }
}
