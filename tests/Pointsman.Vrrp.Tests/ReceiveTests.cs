using Pointsman.Base;
using Pointsman.Tests;
using Pointsman.Wire;
using Xunit;
using static Pointsman.Vrrp.Tests.RouterHarness;
using static Pointsman.Vrrp.VrrpActionKind;

namespace Pointsman.Vrrp.Tests;

public sealed class ReceiveTests
{
    private static readonly VrrpInstanceSettings Ours = Instance() with { AuthPass = "1111" };

    // AuthenticationHeaderTests, UnicastTests, Version3Tests; and of deafness nobody is told.
    private static readonly VrrpDiscardReason[] TestedElsewhere =
    [
        VrrpDiscardReason.AuthSender, VrrpDiscardReason.AuthReplay, VrrpDiscardReason.Delivery, VrrpDiscardReason.UnknownPeer,
        VrrpDiscardReason.NoAddress, VrrpDiscardReason.NotListening,
    ];

    public static TheoryData<VrrpDiscardReason, string> Refusals => new()
    {
        { VrrpDiscardReason.TimeToLive, "TTL is 254, not 255" },
        { VrrpDiscardReason.TooShort, "shorter than a VRRP header" },
        { VrrpDiscardReason.Version, "VRRP version 3, ours 2" },
        { VrrpDiscardReason.Type, "not an advertisement" },
        { VrrpDiscardReason.Length, "length does not fit the address count" },
        { VrrpDiscardReason.Checksum, "wrong checksum" },
        { VrrpDiscardReason.AuthHeader, "an authentication header, but not auth_type AH" },
        { VrrpDiscardReason.VirtualRouterId, "virtual router id 52 is not 51" },
        { VrrpDiscardReason.AuthType, "unknown authentication type" },
        { VrrpDiscardReason.AuthTypeMismatch, "no authentication, ours auth_type PASS" },
        { VrrpDiscardReason.AuthFailure, "auth_pass differs from ours" },
        { VrrpDiscardReason.AdvertInterval, "advert_int 2 s differs from ours of 1 s" },
        { VrrpDiscardReason.OwnAddress, "sent from our own address: duplicate address or instance" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    [Rfc("3768-5.2.3-2")]
    [Rfc("3768-5.3.2-1")]
    [Rfc("3768-5.3.6-1")]
    [Rfc("3768-7.1-1")]
    [Rfc("3768-7.1-2")]
    [Rfc("3768-7.1-3")]
    [Rfc("3768-7.1-4")]
    [Rfc("3768-7.1-5")]
    [Rfc("3768-7.1-7")]
    [Rfc("3768-7.1-8")]
    [Rfc("3768-7.1-10")]
    [Rfc("3768-7.1-14")]
    public void Backup_ReceivesABadPacket_CountsTellsAndLetsItsTimerRun(VrrpDiscardReason reason, string words)
    {
        RouterHarness node = new RouterHarness(Ours).Start();
        Instant? due = node.Router.Deadline;
        IpAddress from = reason == VrrpDiscardReason.OwnAddress ? Own : Higher;

        node.Advance(1);
        if (reason == VrrpDiscardReason.AuthHeader)
        {
            node.HearAuthenticated(Bad(reason), from);
        }
        else
        {
            node.Hear(Bad(reason), from, timeToLive: reason == VrrpDiscardReason.TimeToLive ? (byte)254 : (byte)255);
        }

        VrrpCounters counters = node.Router.Instances[0].Counters;
        Assert.Equal(1, counters.Discarded(reason));
        Assert.Equal(0, counters.AdvertsReceived);
        Assert.Equal(due, node.Router.Deadline);
        Assert.Empty(node.Deeds);
        Assert.Equal([$"(VI_1) received an invalid packet from {from} on eth0: {words} - discarding"], node.Log);
    }

    [Fact]
    public void Refusals_AreAllTheReasons_ExceptDeafness()
    {
        IEnumerable<VrrpDiscardReason> tested = Refusals.Select(row => row.Data.Item1);

        Assert.Equal(
            Enum.GetValues<VrrpDiscardReason>().Except([VrrpDiscardReason.None, .. TestedElsewhere]).Order(),
            tested.Order());
    }

    [Fact]
    [Rfc("9568-7.1-12")]
    [Rfc("3768-7.1-9")]
    [Rfc("3768-7.1-15")]
    public void BadPacket_Recurs_IsToldOncePerEpisode()
    {
        RouterHarness node = new RouterHarness(Ours).Start();
        int told = 0;
        for (int second = 0; second < 120; second++)
        {
            node.Advance(1).Hear(Bad(VrrpDiscardReason.AuthFailure), Higher);
            told += node.Log.Count();
        }

        Assert.Equal(2, told);
        Assert.Equal(120, node.Router.Instances[0].Counters.Discarded(VrrpDiscardReason.AuthFailure));
    }

    [Fact]
    public void PasswordsOfNineBytes_DifferInTheNinth_AreTheSame()
    {
        RouterHarness node = new RouterHarness(Ours with { AuthPass = "12345678a" }).Start();

        node.Hear(Advert(Ours with { AuthPass = "12345678b" }, 150), Higher);

        Assert.Equal(1, node.Router.Instances[0].Counters.AdvertsReceived);
    }

    [Fact]
    [Rfc("9568-7.1-15")]
    [Rfc("9568-7.1-16")]
    [Rfc("3768-7.1-11")]
    [Rfc("3768-7.1-12")]
    public void Advert_HasOtherAddresses_IsToldAndHeard()
    {
        RouterHarness node = new RouterHarness(Ours).Start().Advance(1);

        node.Hear(Advert(Ours with { VirtualAddresses = [IpAddress.Parse("10.0.0.101")] }, 150), Higher);

        Assert.Equal(
            ["(VI_1) ip address associated with VRID 51 not present in MASTER advert : 10.0.0.100 (advert from 10.0.0.9)"],
            node.Log);
        Assert.Equal(node.Router.Instances[0].MasterDownTime, node.Router.Deadline - node.Now);
        Assert.Equal(1, node.Router.Instances[0].Counters.AddressListMismatches);
    }

    [Fact]
    public void Advert_HasMoreAddresses_IsToldAndHeard()
    {
        RouterHarness node = new RouterHarness(Ours).Start();

        node.Hear(Advert(Ours with { VirtualAddresses = [Vip, IpAddress.Parse("10.0.0.101")] }, 150), Higher);

        Assert.Equal(["(VI_1) received an unexpected ip number count 2, expected 1! (advert from 10.0.0.9)"], node.Log);
    }

    [Fact]
    public void Advert_HasTheAddressesInAnotherOrder_IsNoMismatch()
    {
        IpAddress other = IpAddress.Parse("10.0.0.101");
        RouterHarness node = new RouterHarness(Ours with { VirtualAddresses = [Vip, other] }).Start();

        Assert.Empty(node.Hear(Advert(Ours with { VirtualAddresses = [other, Vip] }, 150), Higher).Log);
    }

    [Fact]
    public void Peer_IsHeardAgain_IsLearntOnceAndAgainWithANewMac()
    {
        RouterHarness node = new RouterHarness(Ours).Start();

        Assert.Equal([LearnPeer], node.Hear(150, Higher).Deeds);
        Assert.Equal(Higher, node.Actions[0].PeerAddress);
        Assert.Equal(MacOf(Higher), node.Actions[0].PeerMac);
        Assert.Empty(node.Hear(150, Higher).Deeds);
        Assert.Equal([LearnPeer], node.Hear(150, Lower).Deeds);
        Assert.Empty(node.Hear(150, Higher).Deeds);

        var moved = new ReceivedAdvert
        {
            Source = Higher, SourceMac = new MacAddress(1), TimeToLive = 255, Bytes = Advert(Ours, 150),
        };
        node.Actions.Clear();
        node.Router.OnAdvert(node.Now, 0, moved, node.Actions);
        Assert.Equal([LearnPeer], node.Deeds);
    }

    [Fact]
    [Rfc("3768-5.2.1-1")]
    [Rfc("3768-5.2.2-1")]
    [Rfc("3768-5.2.3-1")]
    [Rfc("3768-5.2.4-1")]
    [Rfc("3768-5.3.7-1")]
    [Rfc("3768-7.2-1")]
    [Rfc("3768-7.2-3")]
    [Rfc("3768-7.2-4")]
    public void Advert_IsWrittenByTheRouter_IsKeepalivedsPacket()
    {
        // Captured from keepalived 2.2.7 with the same settings: its first packet.
        const string Captured = "45c0002c00010000ff701866c0a80180e00000122133640201019284c0a801c8c0a801c93131313100000000";
        var node = new RouterHarness(Ours with
        {
            VirtualAddresses = [IpAddress.Parse("192.168.1.200"), IpAddress.Parse("192.168.1.201")],
        });
        node.SourceAddress(IpAddress.Parse("192.168.1.128"));
        var packet = new byte[1500];

        int lengthBytes = node.Router.WriteAdvertPacket(VrrpAction.SendAdvert(0, 100), Ours.Group, packet);

        Assert.Equal(Captured, Convert.ToHexStringLower(packet.AsSpan(0, lengthBytes)));
        node.Router.WriteAdvertPacket(VrrpAction.SendAdvert(0, 100), Ours.Group, packet);
        Ipv4Header.TryParse(packet, out Ipv4Header second);
        Assert.Equal(2, second.Identification);
    }

    private static byte[] Bad(VrrpDiscardReason reason)
    {
        byte[] good = Advert(Ours, 150);
        return reason switch
        {
            VrrpDiscardReason.TooShort => good[..7],
            VrrpDiscardReason.Version => Advert(Ours with { Version = 3, AuthPass = null }, 150),
            VrrpDiscardReason.Type => [0x22, .. good[1..]],
            VrrpDiscardReason.Length => good[..^1],
            VrrpDiscardReason.Checksum => [.. good[..2], 151, .. good[3..]],
            VrrpDiscardReason.VirtualRouterId => Advert(Ours with { VirtualRouterId = 52 }, 150),
            VrrpDiscardReason.AuthType => [.. good[..4], 3, .. good[5..]],
            VrrpDiscardReason.AuthTypeMismatch => Advert(Ours with { AuthPass = null }, 150),
            VrrpDiscardReason.AuthFailure => Advert(Ours with { AuthPass = "1112" }, 150),
            VrrpDiscardReason.AdvertInterval => Advert(Ours with { AdvertInterval = TimeSpan.FromSeconds(2) }, 150),
            _ => good,
        };
    }
}
