using Pointsman.Base;
using Pointsman.Tests;
using Xunit;

namespace Pointsman.Wire.Tests;

public sealed class VrrpAdvertTests
{
    // keepalived 2.2.7: VRID 51, priority 100, auth_pass 1111, 192.168.1.200 and .201, without the IPv4 header.
    private const string FromKeepalived = "2133640201019284c0a801c8c0a801c93131313100000000";

    // The same instance's farewell.
    private const string FarewellFromKeepalived = "213300020101f684c0a801c8c0a801c93131313100000000";

    // A router without authentication: VRID 1, priority 100, 192.168.0.1.
    private const string WithoutAuthentication = "210164010001ba52c0a800010000000000000000";

    private static readonly PacketPath Path = new(IpAddress.Parse("192.168.1.128"), VrrpAdvert.MulticastGroup(IpFamily.V4));

    [Fact]
    public void CapturedAdvert_IsParsed_GivesItsFields()
    {
        Assert.Equal(VrrpParseError.None, VrrpAdvert.TryParse(Hex(FromKeepalived), Path, out VrrpAdvert advert));

        Assert.Equal(51, advert.VirtualRouterId);
        Assert.Equal(100, advert.Priority);
        Assert.Equal(2, advert.Version);
        Assert.Equal(TimeSpan.FromSeconds(1), advert.AdvertInterval);
        Assert.Equal(VrrpAuthType.SimplePassword, advert.AuthType);
        Assert.Equal(VrrpAdvert.EncodePassword("1111"), advert.AuthData);
        Assert.Equal(2, advert.AddressCount);
        Assert.Equal(IpAddress.Parse("192.168.1.200"), advert.AddressAt(0));
        Assert.Equal(IpAddress.Parse("192.168.1.201"), advert.AddressAt(1));
    }

    [Theory]
    [InlineData(FromKeepalived)]
    [InlineData(FarewellFromKeepalived)]
    [InlineData(WithoutAuthentication)]
    [Rfc("3768-5.3.8-1")]
    [Rfc("3768-5.3.10-1")]
    public void CapturedAdvert_IsWrittenAgain_GivesTheSameBytes(string captured)
    {
        byte[] bytes = Hex(captured);
        Assert.Equal(VrrpParseError.None, VrrpAdvert.TryParse(bytes, Path, out VrrpAdvert advert));

        var written = new byte[VrrpAdvert.MaxLengthBytes];
        int lengthBytes = advert.Write(Path, written);

        Assert.Equal(bytes, written[..lengthBytes]);
    }

    [Fact]
    public void CapturedAdvert_IsCutAnywhere_IsRefused()
    {
        byte[] bytes = Hex(FromKeepalived);
        for (int lengthBytes = 0; lengthBytes < bytes.Length; lengthBytes++)
        {
            VrrpParseError expected = lengthBytes < 8 ? VrrpParseError.TooShort : VrrpParseError.Length;
            Assert.Equal(expected, VrrpAdvert.TryParse(bytes.AsSpan(0, lengthBytes), Path, out _));
        }
    }

    [Theory]
    [InlineData(0, 0x11, VrrpParseError.Version)]
    [InlineData(0, 0x22, VrrpParseError.Type)]
    [InlineData(3, 3, VrrpParseError.Length)]
    [InlineData(3, 200, VrrpParseError.Length)]
    [InlineData(4, 3, VrrpParseError.AuthType)]
    [InlineData(2, 101, VrrpParseError.Checksum)]
    public void CapturedAdvert_HasOneByteChanged_IsRefusedWithItsReason(int at, byte value, VrrpParseError expected)
    {
        byte[] bytes = Hex(FromKeepalived);
        bytes[at] = value;

        Assert.Equal(expected, VrrpAdvert.TryParse(bytes, Path, out _));
    }

    [Fact]
    public void CapturedAdvert_HasAnyOneBitFlipped_IsRefused()
    {
        for (int bit = 0; bit < Hex(FromKeepalived).Length * 8; bit++)
        {
            byte[] bytes = Hex(FromKeepalived);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(VrrpParseError.None, VrrpAdvert.TryParse(bytes, Path, out _));
        }
    }

    [Theory]
    [InlineData(6, VrrpParseError.None)]
    [InlineData(7, VrrpParseError.Length)]
    public void ShortAdvert_IsPaddedToTheEthernetMinimum_IsRead(int paddingBytes, VrrpParseError expected)
    {
        byte[] padded = [.. Hex(WithoutAuthentication), .. new byte[paddingBytes]];

        Assert.Equal(expected, VrrpAdvert.TryParse(padded, Path, out _));
    }

    [Fact]
    public void AnyAdvert_IsWrittenAndParsed_IsTheSame()
    {
        var prng = new Prng(1);
        var written = new byte[VrrpAdvert.MaxLengthBytes];
        for (int round = 0; round < 2000; round++)
        {
            byte[] addresses = RandomBytes(prng, 4 * prng.NextInt(VrrpAdvert.MaxAddressCount + 1));
            byte[] authData = RandomBytes(prng, VrrpAdvert.AuthDataLengthBytes);
            var advert = new VrrpAdvert
            {
                VirtualRouterId = (byte)prng.NextInt(256),
                Priority = (byte)prng.NextInt(256),
                Version = 2,
                Family = IpFamily.V4,
                AdvertInterval = TimeSpan.FromSeconds(prng.NextInt(256)),
                AuthType = (VrrpAuthType)prng.NextInt(3),
                AddressBytes = addresses,
                AuthData = authData,
            };

            int lengthBytes = advert.Write(Path, written);

            Assert.Equal(VrrpParseError.None, VrrpAdvert.TryParse(written.AsSpan(0, lengthBytes), Path, out VrrpAdvert read));
            Assert.Equal(advert.VirtualRouterId, read.VirtualRouterId);
            Assert.Equal(advert.Priority, read.Priority);
            Assert.Equal(advert.AdvertInterval, read.AdvertInterval);
            Assert.Equal(advert.AuthType, read.AuthType);
            Assert.True(read.AddressBytes.SequenceEqual(addresses));
            Assert.True(read.AuthData.SequenceEqual(authData));
        }
    }

    [Fact]
    public void RandomBytes_AreParsed_NeverThrow()
    {
        var prng = new Prng(2);
        for (int round = 0; round < 200_000; round++)
        {
            byte[] bytes = round % 2 == 0 ? RandomBytes(prng, prng.NextInt(64)) : Mutated(prng, Hex(FromKeepalived));
            if (VrrpAdvert.TryParse(bytes, Path, out VrrpAdvert advert) == VrrpParseError.None)
            {
                Assert.True(advert.LengthBytes <= bytes.Length);
            }
        }
    }

    [Fact]
    public void Advert_IsParsedAndWritten_AllocatesNothing()
    {
        byte[] bytes = Hex(FromKeepalived);
        var written = new byte[VrrpAdvert.MaxLengthBytes];
        ParseAndWrite(bytes, written, rounds: 100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        ParseAndWrite(bytes, written, rounds: 1000);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void LongPassword_IsEncoded_CountsItsFirstEightBytes()
    {
        Assert.Equal(VrrpAdvert.EncodePassword("12345678"), VrrpAdvert.EncodePassword("123456789"));
        Assert.NotEqual(VrrpAdvert.EncodePassword("12345678"), VrrpAdvert.EncodePassword("1234567"));
    }

    private static void ParseAndWrite(byte[] bytes, byte[] written, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            VrrpAdvert.TryParse(bytes, Path, out VrrpAdvert advert);
            advert.Write(Path, written);
        }
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    private static byte[] RandomBytes(Prng prng, int count)
    {
        var bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)prng.NextInt(256);
        }

        return bytes;
    }

    private static byte[] Mutated(Prng prng, byte[] bytes)
    {
        for (int i = 0; i <= prng.NextInt(4); i++)
        {
            bytes[prng.NextInt(bytes.Length)] = (byte)prng.NextInt(256);
        }

        return bytes[..prng.NextInt(bytes.Length + 1)];
    }
}
