using System.Buffers.Binary;
using Pointsman.Base;
using Pointsman.Tests;
using Xunit;
using static Pointsman.Wire.Tests.Captured;

namespace Pointsman.Wire.Tests;

/// <summary>
/// Packets made by chance from captured ones of every kind, held against the RFCs' rules said a second time, slowly. A run
/// of fixed length from a fixed seed is part of the tests; <c>FUZZ_COUNT</c> and <c>FUZZ_SEED</c> make it another.
/// </summary>
public sealed class PacketFuzz
{
    // keepalived 2.2.7: version 2, router 51, priority 100, PASS 1111, .200 and .201: its first packet.
    private const string Version2 = "45c0002c00010000ff701866c0a80180e00000122133640201019284c0a801c8c0a801c93131313100000000";

    private static readonly byte[] Key = VrrpAdvert.EncodePassword("1111");

    private static readonly byte[][] Parents =
    [
        .. new[] { Version2, AuthenticationHeader, Version3, Version3OverIpv6, Unicast, UnicastOverIpv6, UnicastVersion2 }.Select(Hex),
    ];

    [Fact]
    public void PacketsMadeByChance_AreTakenForWhatTheyAre()
    {
        ulong seed = ulong.TryParse(Environment.GetEnvironmentVariable("FUZZ_SEED"), out ulong given) ? given : 1;
        int count = int.TryParse(Environment.GetEnvironmentVariable("FUZZ_COUNT"), out int asked) ? asked : 200_000;
        var random = new Prng(seed);
        var mutator = new PacketMutator(random, Key);
        var packetErrors = new int[Enum.GetValues<VrrpPacketError>().Length];
        var advertErrors = new int[Enum.GetValues<VrrpParseError>().Length];
        var heard = new Dictionary<(byte Version, IpFamily Family, VrrpChecksumForm Form), int>();
        for (int round = 0; round < count; round++)
        {
            byte[] bytes = mutator.Mutate(Parents[random.NextInt(Parents.Length)]);
            try
            {
                VrrpPacketError error = VrrpPacket.TryParse(bytes, out VrrpPacket packet);
                packetErrors[(int)error]++;
                Assert.Equal(IsVrrpPacket(bytes), error == VrrpPacketError.None);
                if (error != VrrpPacketError.None)
                {
                    continue;
                }

                CheckPlaces(bytes, packet);
                VrrpParseError advertError = VrrpAdvert.TryParse(packet.Message, packet.Path, out VrrpAdvert advert);
                advertErrors[(int)advertError]++;
                Assert.Equal(IsAdvert(packet.Message, packet.Path), advertError == VrrpParseError.None);
                if (advertError == VrrpParseError.None)
                {
                    CheckWrittenAgain(packet, advert);
                    var kind = (advert.Version, advert.Family, advert.ChecksumForm);
                    heard[kind] = heard.GetValueOrDefault(kind) + 1;
                }
            }
            catch (Exception mistake)
            {
                throw new InvalidOperationException($"seed {seed}, round {round}: {Convert.ToHexStringLower(bytes)}", mistake);
            }
        }

        // A run that reaches only some of the code proves little: every outcome occurs, and more than once or twice.
        Assert.All(packetErrors, times => Assert.True(times > count / 1000, string.Join(' ', packetErrors)));
        Assert.All(advertErrors, times => Assert.True(times > count / 1000, string.Join(' ', advertErrors)));
        Assert.Equal(5, heard.Count(kind => kind.Value > count / 1000));
    }

    [Fact]
    public void ArpFramesMadeByChance_AreTakenForWhatTheyAre()
    {
        byte[] parent = Hex("ffffffffffff02000000000a0806000108000604000102000000000ac0a801c8ffffffffffffc0a801c8");
        var random = new Prng(2);
        var written = new byte[64];
        int heard = 0;
        for (int round = 0; round < 100_000; round++)
        {
            byte[] frame = [.. parent, .. new byte[random.NextInt(19)]];
            for (int change = random.NextInt(4); change > 0; change--)
            {
                int at = random.OneIn(2) ? 12 + random.NextInt(10) : random.NextInt(frame.Length);
                frame[at] = random.OneIn(2) ? (byte)random.NextInt(256) : (byte)(frame[at] + 1);
            }

            frame = random.OneIn(4) ? frame[..random.NextInt(frame.Length + 1)] : frame;
            bool isArp = frame.Length >= 42 && frame.AsSpan(12, 9).SequenceEqual(parent.AsSpan(12, 9)) && frame[21] is 1 or 2;

            Assert.Equal(isArp && frame[20] == 0, ArpPacket.TryParse(frame, out ArpPacket packet) == ArpParseError.None);
            if (packet != default)
            {
                heard++;
                packet.Write(written);
                Assert.Equal(frame[..42], written[..42]);
            }
        }

        Assert.InRange(heard, 20_000, 90_000);
    }

    [Fact]
    public void AnnouncementsOfAnyAddress_HaveARightChecksumAndSayWhatTheyAre()
    {
        var random = new Prng(3);
        var frame = new byte[NeighbourAdvertisement.FrameLengthBytes];
        for (int round = 0; round < 20_000; round++)
        {
            var announced = new NeighbourAdvertisement
            {
                Owner = new MacAddress(random.NextUInt64() >> 16),
                Target = IpAddress.FromV6Bits(((UInt128)random.NextUInt64() << 64) | random.NextUInt64()),
                IsRouter = random.OneIn(2),
            };

            announced.Write(frame);

            byte[] pseudoHeader = [.. frame[22..54], 0, 32, 0, 58];
            Assert.Equal(0xffff, OnesComplement.Sum([.. pseudoHeader, .. frame[54..]]));
            Assert.Equal(announced.IsRouter ? 0xa0 : 0x20, frame[58]);
            Assert.Equal(announced.Target, IpAddress.FromBytes(frame.AsSpan(62, 16)));
            Assert.Equal(frame[6..12], frame[80..86]);
        }
    }

    // RFC 791 §3.1, RFC 8200 §3 and RFC 2402 §2, as far as a packet of VRRP goes.
    private static bool IsVrrpPacket(byte[] bytes)
    {
        if (bytes.Length >= 40 && bytes[0] >> 4 == 6)
        {
            int payload = (bytes[4] << 8) + bytes[5];
            return payload >= 2 && payload <= bytes.Length - 40 && bytes[6] == 112;
        }

        int header = bytes.Length < 20 ? 0 : (bytes[0] & 0x0f) * 4;
        int total = bytes.Length < 20 ? 0 : (bytes[2] << 8) + bytes[3];
        if (header < 20 || bytes[0] >> 4 != 4 || header > total || total > bytes.Length
            || OnesComplement.Sum(bytes.AsSpan(0, header)) != 0xffff || (bytes[6] & 0x3f) != 0 || bytes[7] != 0)
        {
            return false;
        }

        return bytes[9] switch
        {
            112 => total - header >= 2,
            51 => total - header >= 26 && bytes[header] == 112 && bytes[header + 1] == 4,
            _ => false,
        };
    }

    // RFC 3768 §5.3 and RFC 9568 §5.2, and keepalived's sums over IPv4.
    private static bool IsAdvert(ReadOnlySpan<byte> message, PacketPath path)
    {
        if (message.Length < 8 || message[0] is not (0x21 or 0x31) || (message[0] == 0x21 && path.Family == IpFamily.V6))
        {
            return false;
        }

        bool isVersion2 = message[0] == 0x21;
        int length = 8 + (message[3] * (path.Family == IpFamily.V4 ? 4 : 16)) + (isVersion2 ? 8 : 0);
        bool isPadded = path.Family == IpFamily.V4 && message.Length > length && message.Length <= 26;
        if ((message.Length != length && !isPadded) || (isVersion2 ? message[4] > 2 : message[3] == 0))
        {
            return false;
        }

        message = message[..length];
        byte[] rest = [(byte)(length >> 8), (byte)length, 0, 112, .. message];
        bool fitsAlone = OnesComplement.Sum(message) == 0xffff;
        bool fitsPseudo = OnesComplement.Sum([.. path.Source.ToBytes(), .. path.Destination.ToBytes(), .. rest]) == 0xffff;
        bool fitsGroup = path.Family == IpFamily.V4 && !path.Destination.IsMulticast
            && OnesComplement.Sum([.. path.Source.ToBytes(), 224, 0, 0, 18, .. rest]) == 0xffff;
        return isVersion2 ? fitsAlone : fitsPseudo || fitsGroup || (fitsAlone && path.Family == IpFamily.V4);
    }

    private static void CheckPlaces(byte[] bytes, in VrrpPacket packet)
    {
        bool isV6 = packet.Path.Family == IpFamily.V6;
        int messageAt = packet.HeaderLengthBytes + (packet.Authenticated.Length > 0 ? 24 : 0);
        int end = isV6 ? 40 + (bytes[4] << 8) + bytes[5] : (bytes[2] << 8) + bytes[3];

        Assert.True(packet.Message.SequenceEqual(bytes.AsSpan(messageAt..end)));
        Assert.Equal(bytes[isV6 ? 7 : 8], packet.TimeToLive);
        byte[] ends = [.. packet.Path.Source.ToBytes(), .. packet.Path.Destination.ToBytes()];
        Assert.Equal(isV6 ? bytes[8..40] : bytes[12..20], ends);
        if (packet.Authenticated.Length > 0)
        {
            Assert.True(packet.Authenticated.SequenceEqual(bytes.AsSpan(0, end)));
            IpAuthenticationHeader.IsSealedWith(packet.Authenticated, packet.HeaderLengthBytes, Key);
        }
    }

    /// <summary>All that was read is written again as it came, but for the reserved bits and the two spellings of a sum of zero.</summary>
    private static void CheckWrittenAgain(in VrrpPacket packet, in VrrpAdvert advert)
    {
        var written = new byte[VrrpAdvert.MaxLengthBytes];
        int lengthBytes = advert.Write(packet.Path, written);
        byte[] read = [.. packet.Message[..lengthBytes]];
        bool hadReservedBits = advert.Version == 3 && (read[4] & 0xf0) != 0;
        read[4] &= advert.Version == 3 ? (byte)0x0f : (byte)0xff;

        Assert.Equal(read[..6], written[..6]);
        Assert.Equal(read[8..], written[8..lengthBytes]);
        if (!hadReservedBits && BinaryPrimitives.ReadUInt16BigEndian(read.AsSpan(6)) is not (0 or 0xffff))
        {
            Assert.Equal(read[6..8], written[6..8]);
        }
    }
}
