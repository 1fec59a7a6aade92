using Pointsman.Base;
using Pointsman.Vrrp.Watch;
using Pointsman.Wire;

namespace Pointsman.Vrrp.Tests;

/// <summary>What <c>pointsman vrrp watch</c> makes of packets.</summary>
public sealed class AdvertTableTests
{
    private static readonly MacAddress s_mac = new(0x0200_0000_0001);
    private readonly AdvertTable _table = new();

    [Fact]
    public void SoundAdverts_OneRowPerSender_WithWhatItSays()
    {
        Hear(0, RouterHarness.Instance(), priority: 150);
        Hear(1, RouterHarness.Instance(), priority: 150);
        Hear(2.5, RouterHarness.Instance(), priority: 149);

        HeardRouter row = Assert.Single(_table.Rows);
        Assert.Equal((51, 149, 2, 3L), (row.VirtualRouterId, row.Priority, row.Version, row.Count));
        Assert.Equal(TimeSpan.FromSeconds(1.25), row.MeasuredInterval);
        Assert.Equal([RouterHarness.Vip], row.Addresses);
        Assert.True(row.SpeaksAt(Instant.FromSeconds(5)));
        Assert.False(row.SpeaksAt(Instant.FromSeconds(6)));
    }

    [Fact]
    public void TwoSpeakForOneRouter_BothAreCounted_AFarewellIsNot()
    {
        Hear(0, RouterHarness.Instance(), 150);
        Hear(0, RouterHarness.Instance(), 100, from: RouterHarness.Lower);
        Assert.All(_table.Rows, row => Assert.Equal(2, _table.MastersBeside(row, Instant.FromSeconds(1))));

        Hear(1, RouterHarness.Instance(), 0, from: RouterHarness.Lower);
        Assert.All(_table.Rows, row => Assert.Equal(1, _table.MastersBeside(row, Instant.FromSeconds(1))));
    }

    [Fact]
    public void OtherInterfaceFamilyOrId_IsAnotherRouter()
    {
        Hear(0, RouterHarness.Instance(), 150);
        Hear(0, RouterHarness.Instance(), 150, interfaceName: "eth1");
        Hear(0, RouterHarness.Instance("VI_2"), 150);
        Hear(0, RouterHarness.OverIpv6(), 150, from: RouterHarness.HigherV6);

        Assert.Equal(4, _table.Rows.Count);
        Assert.All(_table.Rows, row => Assert.Equal(1, _table.MastersBeside(row, Instant.FromSeconds(0.1))));
    }

    [Fact]
    public void SpoiltAdvert_IsShownWithItsFault_AndForeignPacketsAreNot()
    {
        byte[] packet = Packet(RouterHarness.Instance(), 150, RouterHarness.Higher);
        packet[^1] ^= 1;
        _table.Hear(default, "eth0", s_mac, isOwn: false, packet);
        _table.Hear(default, "eth0", s_mac, isOwn: false, packet.AsSpan(0, 19));
        packet[9] = 17;
        _table.Hear(default, "eth0", s_mac, isOwn: false, packet);

        HeardRouter row = Assert.Single(_table.Rows);
        Assert.Equal(VrrpParseError.Checksum, row.Error);
        Assert.False(row.SpeaksAt(default));
    }

    [Fact]
    public void SendersWithoutEnd_AreNotKept()
    {
        for (uint i = 0; i < AdvertTable.Capacity + 5; i++)
        {
            Hear(0, RouterHarness.Instance(), 150, from: IpAddress.FromV4Bits(0x0a010000 + i));
        }

        Assert.Equal((AdvertTable.Capacity, 5L), (_table.Rows.Count, _table.Overlooked));
    }

    private void Hear(
        double seconds, VrrpInstanceSettings settings, byte priority, IpAddress? from = null, string interfaceName = "eth0") =>
        _table.Hear(
            new Instant((long)(seconds * 1e9)), interfaceName, s_mac, isOwn: false, Packet(settings, priority, from ?? RouterHarness.Higher));

    private static byte[] Packet(VrrpInstanceSettings settings, byte priority, IpAddress from)
    {
        var router = new VrrpRouter(new VrrpRouterSettings { Instances = [settings] });
        router.OnSourceAddress(default, 0, from, []);
        var bytes = new byte[VrrpAdvert.MaxLengthBytes + 40];
        return bytes[..router.WriteAdvertPacket(VrrpAction.SendAdvert(0, priority), settings.Group, bytes)];
    }
}
