using Pointsman.Base;
using Pointsman.Tests;
using Pointsman.Wire;
using Xunit;
using static Pointsman.Vrrp.Tests.RouterHarness;

namespace Pointsman.Vrrp.Tests;

/// <summary>RFC 9568 §7.1 over IPv4 and over IPv6, and what RFC 3768 §7.1 asks beyond it.</summary>
public sealed class RfcReceiveTests
{
    private const int MessageVersionTypeAt = 0;
    private const int MessageVirtualRouterIdAt = 1;
    private const int MessageChecksumAt = 6;

    public static TheoryData<IpFamily, VrrpDiscardReason> Refusals
    {
        get
        {
            var rows = new TheoryData<IpFamily, VrrpDiscardReason>();
            foreach (IpFamily family in Enum.GetValues<IpFamily>())
            {
                rows.AddRange(
                    new VrrpDiscardReason[]
                    {
                        VrrpDiscardReason.TimeToLive, VrrpDiscardReason.Version, VrrpDiscardReason.Type,
                        VrrpDiscardReason.Length, VrrpDiscardReason.Checksum, VrrpDiscardReason.NoAddress,
                        VrrpDiscardReason.AdvertInterval,
                    }.Select(reason => new TheoryDataRow<IpFamily, VrrpDiscardReason>(family, reason)));
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    [Rfc("9568-5.1.1.3-2")]
    [Rfc("9568-5.1.2.3-2")]
    [Rfc("9568-5.2.1-1")]
    [Rfc("9568-5.2.2-1")]
    [Rfc("9568-5.2.5-1")]
    [Rfc("9568-7.1-1")]
    [Rfc("9568-7.1-2")]
    [Rfc("9568-7.1-3")]
    [Rfc("9568-7.1-4")]
    [Rfc("9568-7.1-5")]
    [Rfc("9568-7.1-8")]
    [Rfc("9568-7.1-9")]
    [Rfc("9568-7.1-11")]
    [Rfc("9568-7.1-13")]
    public void Backup_ReceivesABadPacket_CountsAndTellsItAndLetsItsTimerRun(IpFamily family, VrrpDiscardReason reason)
    {
        RouterHarness node = new RouterHarness(Settings(family)).Start();
        Instant? due = node.Router.Deadline;
        VrrpCounters counters = node.Router.Instances[0].Counters;

        Assert.True(node.Advance(0.1).TryHearPacket(Bad(family, reason)));

        Assert.Equal(1, counters.Discarded(reason));
        Assert.Equal(0, counters.AdvertsReceived);
        Assert.Equal(due, node.Router.Deadline);
        Assert.Contains(" received an invalid packet from ", Assert.Single(node.Log), StringComparison.Ordinal);

        // The same packet without the mistake is heard: it was this mistake that counted.
        Assert.True(node.TryHearPacket(Good(family)));
        Assert.Equal(1, counters.AdvertsReceived);
    }

    [Theory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    [Rfc("9568-7.1-6")]
    [Rfc("3768-7.1-5")]
    public void Packet_ForARouterThatIsNotOnThisInterface_IsNobodys(IpFamily family)
    {
        VrrpInstanceSettings settings = Settings(family);

        Assert.True(Heard(settings));
        Assert.False(Heard(settings with { VirtualRouterId = 52 }));
        Assert.False(Heard(settings with { Interface = "eth1" }));

        bool Heard(VrrpInstanceSettings ours) => new RouterHarness(ours).Start().TryHearPacket(Good(family));
    }

    [Fact]
    [Rfc("3768-5.3.10-1")]
    public void AuthenticationData_WithoutAuthentication_AreZeroWhenSentAndIgnoredWhenReceived()
    {
        RouterHarness node = new RouterHarness(Instance()).Start();
        byte[] advert = Advert(Instance(), 150);
        Assert.Equal(new byte[8], advert[^8..]);

        advert[^1] = 0x7f;
        Reseal(advert, default);

        Assert.Equal(1, node.Hear(advert, Higher).Router.Instances[0].Counters.AdvertsReceived);
    }

    [Fact]
    [Rfc("9568-7.1-14")]
    public void Advert_HasAnotherInterval_IsToldNowAndThenAndHeard()
    {
        RouterHarness node = new RouterHarness(Fast()).Start();
        byte[] other = Advert(Fast() with { AdvertInterval = TimeSpan.FromSeconds(1) }, 150);
        int told = 0;
        for (int second = 0; second < 120; second++)
        {
            told += node.Advance(1).Hear(other, Higher).Log.Count(line => line.Contains("advert interval of", StringComparison.Ordinal));
        }

        Assert.Equal(2, told);
        Assert.Equal(120, node.Router.Instances[0].Counters.AdvertsReceived);
    }

    private static VrrpInstanceSettings Settings(IpFamily family) => family == IpFamily.V4 ? Fast() : OverIpv6();

    private static IpAddress Sender(IpFamily family) => family == IpFamily.V4 ? Higher : HigherV6;

    private static int HeaderLengthBytes(IpFamily family) => family == IpFamily.V4 ? Ipv4Header.LengthBytes : Ipv6Header.LengthBytes;

    private static byte[] Good(IpFamily family) => Packet(Settings(family), 150, Sender(family));

    private static byte[] Bad(IpFamily family, VrrpDiscardReason reason)
    {
        VrrpInstanceSettings settings = Settings(family);
        byte[] packet = reason switch
        {
            VrrpDiscardReason.NoAddress => Packet(settings with { VirtualAddresses = [] }, 150, Sender(family)),
            VrrpDiscardReason.AdvertInterval => Packet(settings with { AdvertInterval = TimeSpan.FromMilliseconds(9) }, 150, Sender(family)),
            _ => Good(family),
        };
        Span<byte> message = packet.AsSpan(HeaderLengthBytes(family));
        switch (reason)
        {
            case VrrpDiscardReason.TimeToLive: SetTimeToLive(packet, family, 254); break;
            case VrrpDiscardReason.Version: message[MessageVersionTypeAt] = 0x41; break;
            case VrrpDiscardReason.Type: message[MessageVersionTypeAt] = 0x32; break;
            case VrrpDiscardReason.Length: message[3]++; break;
            case VrrpDiscardReason.Checksum: message[2]--; return packet;
            case VrrpDiscardReason.NoAddress:
            case VrrpDiscardReason.AdvertInterval: break;
            default: throw new ArgumentOutOfRangeException(nameof(reason));
        }

        Reseal(message, new PacketPath(Sender(family), settings.Group));
        return packet;
    }

    private static void SetTimeToLive(byte[] packet, IpFamily family, byte value)
    {
        if (family == IpFamily.V6)
        {
            packet[7] = value;
            return;
        }

        packet[8] = value;
        packet.AsSpan(10, 2).Clear();
        ushort sum = InternetChecksum.Compute(packet.AsSpan(0, Ipv4Header.LengthBytes));
        (packet[10], packet[11]) = ((byte)(sum >> 8), (byte)sum);
    }

    /// <summary>Makes the checksum fit again, so that nothing but the mistake is wrong.</summary>
    private static void Reseal(Span<byte> message, PacketPath path)
    {
        Assert.NotEqual(0, message[MessageVirtualRouterIdAt]);
        message.Slice(MessageChecksumAt, 2).Clear();
        uint before = 0;
        if (path != default)
        {
            byte[] pseudoHeader = [.. path.Source.ToBytes(), .. path.Destination.ToBytes(), 0, (byte)message.Length, 0, 112];
            before = InternetChecksum.Sum(pseudoHeader);
        }

        ushort sum = InternetChecksum.Compute(message, before);
        (message[MessageChecksumAt], message[MessageChecksumAt + 1]) = ((byte)(sum >> 8), (byte)sum);
    }
}
