using Pointsman.Base;
using Pointsman.Wire;
using Xunit;
using static Pointsman.Vrrp.Tests.RouterHarness;

namespace Pointsman.Vrrp.Tests;

public sealed class AuthenticationHeaderTests
{
    private static readonly VrrpInstanceSettings Ours = Instance() with { AuthPass = "1111", UsesAuthenticationHeader = true };

    private readonly RouterHarness _node = new RouterHarness(Ours).Start();

    [Fact]
    public void PeersAdverts_AreHeard_InTheirOrder()
    {
        Assert.True(_node.TryHearPacket(Packet(Ours, 150, Higher, sequence: 7)));
        Assert.True(_node.TryHearPacket(Packet(Ours, 150, Higher, sequence: 8)));

        Assert.Equal(2, _node.Router.Instances[0].Counters.AdvertsReceived);
        Assert.Empty(_node.Log);
    }

    [Fact]
    public void PeersAdvert_IsSentOnceMore_IsNotHeardAgain()
    {
        byte[] packet = Packet(Ours, 150, Higher, sequence: 7);
        _node.TryHearPacket(packet);

        Refuses(packet, VrrpDiscardReason.AuthReplay, "its sequence number was used before: an old packet sent again, or a peer that lost count");
        Assert.Equal(1, _node.Router.Instances[0].Counters.AdvertsReceived);
    }

    [Fact]
    public void StrangersPacket_WithAHighNumber_UsesNoNumberUp()
    {
        Refuses(Packet(Ours with { AuthPass = "1112" }, 150, Higher, sequence: 4_000_000_000), VrrpDiscardReason.AuthFailure, "auth_pass differs from ours");

        _node.TryHearPacket(Packet(Ours, 150, Higher, sequence: 7));
        Assert.Equal(1, _node.Router.Instances[0].Counters.AdvertsReceived);
    }

    [Fact]
    public void PeersPacket_IsSentFromElsewhere_IsRefused()
    {
        byte[] packet = Packet(Ours, 150, Higher);
        Lower.WriteBytes(packet.AsSpan(12));
        packet[10] = packet[11] = 0;
        ushort checksum = InternetChecksum.Compute(packet.AsSpan(0, 20));
        (packet[10], packet[11]) = ((byte)(checksum >> 8), (byte)checksum);

        _node.TryHearPacket(packet);

        Assert.Equal(1, _node.Router.Instances[0].Counters.Discarded(VrrpDiscardReason.AuthSender));
        Assert.Equal(
            ["(VI_1) received an invalid packet from 10.0.0.1 on eth0: its authentication header was made for another sender - discarding"],
            _node.Log);
    }

    [Fact]
    public void Advert_SaysAuthenticationHeader_WithoutOne_IsRefused()
    {
        byte[] packet = Packet(Ours, 150, Higher);

        _node.Hear(packet[44..], Higher);

        Assert.Equal(
            ["(VI_1) received an invalid packet from 10.0.0.9 on eth0: auth_type AH without an authentication header - discarding"],
            _node.Log);
    }

    [Fact]
    public void PasswordInClear_WhereAHeaderIsDue_IsRefusedWithBothTypes() =>
        Refuses(
            Packet(Ours with { UsesAuthenticationHeader = false }, 150, Higher),
            VrrpDiscardReason.AuthTypeMismatch,
            "auth_type PASS, ours auth_type AH");

    [Fact]
    public void Successor_CountsOn_WhereItsPredecessorWas()
    {
        _node.TryHearPacket(Packet(Ours, 150, Higher, sequence: 41));
        _node.Advance(4);

        byte[] packet = new byte[1500];
        _node.Router.WriteAdvertPacket(VrrpAction.SendAdvert(0, 100), Ours.Group, packet);

        Assert.True(IpAuthenticationHeader.TryParse(packet.AsSpan(20), out IpAuthenticationHeader header));
        Assert.Equal(43u, header.SequenceNumber);
        Assert.Equal(Own.V4Bits, header.ParametersIndex);
    }

    [Fact]
    public void Advert_IsWritten_IsKeepalivedsPacket()
    {
        VrrpInstanceSettings settings = Ours with
        {
            VirtualAddresses = [IpAddress.Parse("192.168.1.200"), IpAddress.Parse("192.168.1.201")],
        };

        Assert.Equal(
            "45c0004400010000ff33188bc0a80180e000001270040000c0a8018000000001e168983916260e8e0ae2fb39"
                + "213364020201f3e6c0a801c8c0a801c90000000000000000",
            Convert.ToHexStringLower(Packet(settings, 100, IpAddress.Parse("192.168.1.128"))));
    }

    private void Refuses(byte[] packet, VrrpDiscardReason reason, string words)
    {
        Assert.True(_node.TryHearPacket(packet));
        Assert.Equal(1, _node.Router.Instances[0].Counters.Discarded(reason));
        Assert.Equal([$"(VI_1) received an invalid packet from 10.0.0.9 on eth0: {words} - discarding"], _node.Log);
    }
}
