using Pointsman.Base;
using Xunit;
using static Pointsman.Wire.Tests.Captured;

namespace Pointsman.Wire.Tests;

public sealed class IpAuthenticationHeaderTests
{
    private static readonly byte[] Key = VrrpAdvert.EncodePassword("1111");

    [Theory]
    [InlineData(AuthenticationHeader, 1)]
    [InlineData(AuthenticationHeaderSecond, 2)]
    public void CapturedPacket_IsHeldAgainstItsPassword_Fits(string captured, uint sequenceNumber)
    {
        byte[] packet = Hex(captured);

        Assert.True(IpAuthenticationHeader.TryParse(packet.AsSpan(20), out IpAuthenticationHeader header));
        Assert.Equal(sequenceNumber, header.SequenceNumber);
        Assert.Equal(IpAddress.Parse("192.168.1.128").V4Bits, header.ParametersIndex);
        Assert.True(IpAuthenticationHeader.IsSealedWith(packet, 20, Key));
        Assert.False(IpAuthenticationHeader.IsSealedWith(packet, 20, VrrpAdvert.EncodePassword("1112")));
    }

    [Fact]
    public void CapturedPacket_IsSealedAgain_GivesTheSameBytes()
    {
        byte[] packet = Hex(AuthenticationHeader);
        Assert.True(IpAuthenticationHeader.TryParse(packet.AsSpan(20), out IpAuthenticationHeader header));
        header.Write(packet.AsSpan(20));
        Assert.False(IpAuthenticationHeader.IsSealedWith(packet, 20, Key));

        IpAuthenticationHeader.Seal(packet, 20, Key);

        Assert.Equal(Hex(AuthenticationHeader), packet);
    }

    [Fact]
    public void CapturedPacket_HasAnyOneBitOfItsContentFlipped_FitsNoMore()
    {
        for (int bit = 12 * 8; bit < Hex(AuthenticationHeader).Length * 8; bit++)
        {
            byte[] packet = Hex(AuthenticationHeader);
            packet[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(IpAuthenticationHeader.IsSealedWith(packet, 20, Key));
        }
    }

    [Fact]
    public void UnicastPacket_LostTimeToLiveOnItsWay_StillFits()
    {
        byte[] packet = Hex(AuthenticationHeader);
        IpAddress.Parse("192.168.1.129").WriteBytes(packet.AsSpan(16));
        Assert.True(IpAuthenticationHeader.TryParse(packet.AsSpan(20), out IpAuthenticationHeader header));
        header.Write(packet.AsSpan(20));
        IpAuthenticationHeader.Seal(packet, 20, Key);
        packet[8]--;

        Assert.True(IpAuthenticationHeader.IsSealedWith(packet, 20, Key));
    }

    [Fact]
    public void OverlongPacket_FitsNothing() =>
        Assert.False(IpAuthenticationHeader.IsSealedWith(new byte[65000], 20, Key));

    [Fact]
    public void Packet_IsSealedAndChecked_AllocatesNothing()
    {
        byte[] packet = Hex(AuthenticationHeader);
        SealAndCheck(packet, rounds: 100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        SealAndCheck(packet, rounds: 1000);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void SealAndCheck(byte[] packet, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            IpAuthenticationHeader.Seal(packet, 20, Key);
            IpAuthenticationHeader.IsSealedWith(packet, 20, Key);
        }
    }
}
