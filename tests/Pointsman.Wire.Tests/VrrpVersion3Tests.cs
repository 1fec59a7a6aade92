using Pointsman.Base;
using Pointsman.Tests;
using Xunit;
using static Pointsman.Wire.Tests.Captured;

namespace Pointsman.Wire.Tests;

public sealed class VrrpVersion3Tests
{
    [Theory]
    [InlineData(Version3, IpFamily.V4, 51)]
    [InlineData(Version3OverIpv6, IpFamily.V6, 52)]
    [Rfc("9568-9-1")]
    public void CapturedAdvert_IsParsed_GivesItsFields(string captured, IpFamily family, byte virtualRouterId)
    {
        VrrpAdvert advert = Parse(captured, VrrpParseError.None);

        Assert.Equal(3, advert.Version);
        Assert.Equal(family, advert.Family);
        Assert.Equal(virtualRouterId, advert.VirtualRouterId);
        Assert.Equal(100, advert.Priority);
        Assert.Equal(TimeSpan.FromMilliseconds(100), advert.AdvertInterval);
        Assert.Equal(VrrpAuthType.None, advert.AuthType);
        Assert.Equal(VrrpChecksumForm.PseudoHeader, advert.ChecksumForm);
        Assert.Equal(2, advert.AddressCount);
        Assert.Equal(IpAddress.Parse(family == IpFamily.V4 ? "192.168.1.201" : "2001:db8::200"), advert.AddressAt(1));
    }

    [Theory]
    [InlineData(Version3)]
    [InlineData(Version3OverIpv6)]
    [InlineData(Unicast)]
    [InlineData(UnicastOverIpv6)]
    [InlineData(UnicastVersion2)]
    public void CapturedAdvert_IsWrittenAgain_GivesTheSameBytes(string captured)
    {
        byte[] bytes = Hex(captured);
        VrrpPacket.TryParse(bytes, out VrrpPacket packet);
        VrrpAdvert.TryParse(packet.Message, packet.Path, out VrrpAdvert advert);
        var written = new byte[VrrpAdvert.MaxLengthBytes];

        int lengthBytes = advert.Write(packet.Path, written);

        Assert.Equal(bytes[packet.HeaderLengthBytes..], written[..lengthBytes]);
    }

    [Theory]
    [InlineData(VrrpChecksumForm.Message)]
    [InlineData(VrrpChecksumForm.PseudoHeader)]
    [InlineData(VrrpChecksumForm.PseudoHeaderOfGroup)]
    public void EitherChecksum_OverIpv4_IsReadAndTold(VrrpChecksumForm form)
    {
        byte[] bytes = Rewritten(Unicast, form);

        VrrpPacket.TryParse(bytes, out VrrpPacket packet);
        Assert.Equal(VrrpParseError.None, VrrpAdvert.TryParse(packet.Message, packet.Path, out VrrpAdvert advert));
        Assert.Equal(form, advert.ChecksumForm);
    }

    [Fact]
    public void ChecksumOfTheMessageAlone_OverIpv6_IsRefused()
    {
        VrrpPacket.TryParse(Rewritten(Version3OverIpv6, VrrpChecksumForm.Message), out VrrpPacket packet);

        Assert.Equal(VrrpParseError.Checksum, VrrpAdvert.TryParse(packet.Message, packet.Path, out _));
    }

    [Theory]
    [InlineData(Version3)]
    [InlineData(Version3OverIpv6)]
    public void CapturedAdvert_IsCutAnywhere_IsRefused(string captured)
    {
        VrrpPacket.TryParse(Hex(captured), out VrrpPacket packet);
        for (int lengthBytes = 0; lengthBytes < packet.Message.Length; lengthBytes++)
        {
            VrrpParseError expected = lengthBytes < 8 ? VrrpParseError.TooShort : VrrpParseError.Length;
            Assert.Equal(expected, VrrpAdvert.TryParse(packet.Message[..lengthBytes], packet.Path, out _));
        }
    }

    [Theory]
    [InlineData(Version3, 0, 0x41, VrrpParseError.Version)]
    [InlineData(Version3OverIpv6, 0, 0x21, VrrpParseError.Version)]
    [InlineData(Version3, 0, 0x32, VrrpParseError.Type)]
    [InlineData(Version3, 3, 3, VrrpParseError.Length)]
    [InlineData(Version3, 7, 0x23, VrrpParseError.Checksum)]
    public void CapturedAdvert_HasOneByteChanged_IsRefusedWithItsReason(string captured, int at, byte value, VrrpParseError expected)
    {
        byte[] bytes = Hex(captured);
        VrrpPacket.TryParse(bytes, out VrrpPacket packet);
        bytes[packet.HeaderLengthBytes + at] = value;

        Parse(Convert.ToHexString(bytes), expected);
    }

    [Theory]
    [InlineData(Version3)]
    [InlineData(Version3OverIpv6)]
    public void CapturedAdvert_HasAnyOneBitFlipped_IsRefused(string captured)
    {
        VrrpPacket.TryParse(Hex(captured), out VrrpPacket whole);
        for (int bit = whole.HeaderLengthBytes * 8; bit < Hex(captured).Length * 8; bit++)
        {
            byte[] bytes = Hex(captured);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            VrrpPacket.TryParse(bytes, out VrrpPacket packet);
            Assert.NotEqual(VrrpParseError.None, VrrpAdvert.TryParse(packet.Message, packet.Path, out _));
        }
    }

    [Fact]
    public void AdvertWithoutAddresses_IsRefused()
    {
        var path = new PacketPath(IpAddress.Parse("10.0.0.1"), VrrpAdvert.MulticastGroup(IpFamily.V4));
        var advert = new VrrpAdvert { Version = 3, Family = IpFamily.V4, AdvertInterval = TimeSpan.FromSeconds(1) };
        var bytes = new byte[8];
        advert.Write(path, bytes);

        Assert.Equal(VrrpParseError.NoAddress, VrrpAdvert.TryParse(bytes, path, out _));
    }

    [Fact]
    [Rfc("9568-5.2.6-2")]
    public void ReservedBits_AreSet_AreNotPartOfTheInterval()
    {
        var path = new PacketPath(IpAddress.Parse("10.0.0.1"), VrrpAdvert.MulticastGroup(IpFamily.V4));
        byte[] bytes = Convert.FromHexString("3133640100010000" + "0a000064");
        bytes[4] |= 0xf0;
        ushort checksum = InternetChecksum.Compute(bytes);
        (bytes[6], bytes[7]) = ((byte)(checksum >> 8), (byte)checksum);

        Assert.Equal(VrrpParseError.None, VrrpAdvert.TryParse(bytes, path, out VrrpAdvert advert));
        Assert.Equal(TimeSpan.FromMilliseconds(10), advert.AdvertInterval);
    }

    [Fact]
    public void AnyAdvert_IsWrittenAndParsed_IsTheSame()
    {
        var prng = new Prng(9);
        var written = new byte[VrrpAdvert.MaxLengthBytes];
        for (int round = 0; round < 2000; round++)
        {
            IpFamily family = prng.OneIn(2) ? IpFamily.V4 : IpFamily.V6;
            var path = new PacketPath(RandomAddress(prng, family), RandomAddress(prng, family));
            var addresses = new byte[VrrpAdvert.AddressLengthBytes(family) * (1 + prng.NextInt(VrrpAdvert.MaxAddressCount))];
            Fill(prng, addresses);
            var advert = new VrrpAdvert
            {
                Version = 3,
                Family = family,
                VirtualRouterId = (byte)prng.NextInt(256),
                Priority = (byte)prng.NextInt(256),
                AdvertInterval = prng.NextInt(4096) * TimeSpan.FromMilliseconds(10),
                ChecksumForm = VrrpChecksumForm.PseudoHeader,
                AddressBytes = addresses,
            };

            int lengthBytes = advert.Write(path, written);

            Assert.Equal(VrrpParseError.None, VrrpAdvert.TryParse(written.AsSpan(0, lengthBytes), path, out VrrpAdvert read));
            Assert.Equal(advert.VirtualRouterId, read.VirtualRouterId);
            Assert.Equal(advert.Priority, read.Priority);
            Assert.Equal(advert.AdvertInterval, read.AdvertInterval);
            Assert.Equal(VrrpChecksumForm.PseudoHeader, read.ChecksumForm);
            Assert.True(read.AddressBytes.SequenceEqual(addresses));
        }
    }

    private static VrrpAdvert Parse(string captured, VrrpParseError expected)
    {
        VrrpPacket.TryParse(Hex(captured), out VrrpPacket packet);
        Assert.Equal(expected, VrrpAdvert.TryParse(packet.Message, packet.Path, out VrrpAdvert advert));
        return advert;
    }

    private static byte[] Rewritten(string captured, VrrpChecksumForm form)
    {
        byte[] bytes = Hex(captured);
        VrrpPacket.TryParse(bytes, out VrrpPacket packet);
        VrrpAdvert.TryParse(packet.Message, packet.Path, out VrrpAdvert advert);
        var other = new VrrpAdvert
        {
            Version = advert.Version,
            Family = advert.Family,
            VirtualRouterId = advert.VirtualRouterId,
            Priority = advert.Priority,
            AdvertInterval = advert.AdvertInterval,
            ChecksumForm = form,
            AddressBytes = advert.AddressBytes.ToArray(),
        };
        other.Write(packet.Path, bytes.AsSpan(packet.HeaderLengthBytes));
        return bytes;
    }

    private static IpAddress RandomAddress(Prng prng, IpFamily family)
    {
        var bytes = new byte[VrrpAdvert.AddressLengthBytes(family)];
        Fill(prng, bytes);
        return IpAddress.FromBytes(bytes);
    }

    private static void Fill(Prng prng, byte[] bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)prng.NextInt(256);
        }
    }
}
