using Pointsman.Base;
using Xunit;

namespace Pointsman.Wire.Tests;

public sealed class Ipv4HeaderTests
{
    // keepalived 2.2.7's first advert: TOS 0xc0, identification 1, TTL 255, 192.168.1.128 to 224.0.0.18, 24 bytes follow.
    private const string FromKeepalived = "45c0002c00010000ff701866c0a80180e0000012";

    private static readonly byte[] Packet = [.. Convert.FromHexString(FromKeepalived), .. new byte[24]];

    [Fact]
    public void CapturedHeader_IsParsed_GivesItsFields()
    {
        Assert.Equal(Ipv4ParseError.None, Ipv4Header.TryParse(Packet, out Ipv4Header header));

        Assert.Equal(20, header.HeaderLengthBytes);
        Assert.Equal(Ipv4Header.InternetworkControl, header.TypeOfService);
        Assert.Equal(44, header.TotalLengthBytes);
        Assert.Equal(1, header.Identification);
        Assert.Equal(255, header.TimeToLive);
        Assert.Equal(VrrpAdvert.IpProtocol, header.Protocol);
        Assert.Equal(IpAddress.Parse("192.168.1.128"), header.Source);
        Assert.Equal(VrrpAdvert.MulticastGroup(IpFamily.V4), header.Destination);
    }

    [Fact]
    public void CapturedHeader_IsWrittenAgain_GivesTheSameBytes()
    {
        Ipv4Header.TryParse(Packet, out Ipv4Header header);
        var written = new byte[Ipv4Header.LengthBytes];

        Assert.Equal(Ipv4Header.LengthBytes, header.Write(written));
        Assert.Equal(Convert.FromHexString(FromKeepalived), written);
    }

    [Fact]
    public void Packet_IsCutAnywhere_IsRefused()
    {
        for (int lengthBytes = 0; lengthBytes < Packet.Length; lengthBytes++)
        {
            Ipv4ParseError expected = lengthBytes < 20 ? Ipv4ParseError.TooShort : Ipv4ParseError.TotalLength;
            Assert.Equal(expected, Ipv4Header.TryParse(Packet.AsSpan(0, lengthBytes), out _));
        }
    }

    [Theory]
    [InlineData(0, 0x65, Ipv4ParseError.Version)]
    [InlineData(0, 0x44, Ipv4ParseError.HeaderLength)]
    [InlineData(0, 0x4f, Ipv4ParseError.HeaderLength)]
    [InlineData(3, 0x13, Ipv4ParseError.TotalLength)]
    [InlineData(3, 0x2d, Ipv4ParseError.TotalLength)]
    [InlineData(8, 254, Ipv4ParseError.Checksum)]
    public void CapturedHeader_HasOneByteChanged_IsRefusedWithItsReason(int at, byte value, Ipv4ParseError expected)
    {
        byte[] packet = [.. Packet];
        packet[at] = value;

        Assert.Equal(expected, Ipv4Header.TryParse(packet, out _));
    }

    [Fact]
    public void Fragment_IsParsed_IsRefused()
    {
        // More-fragments set, and the checksum lowered by as much.
        byte[] packet = [.. Packet];
        packet[6] = 0x20;
        packet[10] = 0xf8;
        packet[11] = 0x65;

        Assert.Equal(Ipv4ParseError.Fragment, Ipv4Header.TryParse(packet, out _));
    }

    [Fact]
    public void HeaderWithOptions_IsParsed_TellsWhereThePayloadBegins()
    {
        byte[] packet = [.. Packet[..20], 0x94, 0x04, 0x00, 0x00, .. Packet[20..40]];
        packet[0] = 0x46;
        packet[10] = 0;
        packet[11] = 0;
        ushort checksum = InternetChecksum.Compute(packet.AsSpan(0, 24));
        packet[10] = (byte)(checksum >> 8);
        packet[11] = (byte)checksum;

        Assert.Equal(Ipv4ParseError.None, Ipv4Header.TryParse(packet, out Ipv4Header header));
        Assert.Equal(24, header.HeaderLengthBytes);
    }

    [Fact]
    public void RandomBytes_AreParsed_NeverThrow()
    {
        var prng = new Prng(3);
        for (int round = 0; round < 200_000; round++)
        {
            byte[] packet = [.. Packet];
            for (int i = 0; i <= prng.NextInt(4); i++)
            {
                packet[prng.NextInt(24)] = (byte)prng.NextInt(256);
            }

            int lengthBytes = prng.NextInt(packet.Length + 1);
            if (Ipv4Header.TryParse(packet.AsSpan(0, lengthBytes), out Ipv4Header header) == Ipv4ParseError.None)
            {
                Assert.InRange(header.HeaderLengthBytes, 20, header.TotalLengthBytes);
                Assert.True(header.TotalLengthBytes <= lengthBytes);
            }
        }
    }
}
