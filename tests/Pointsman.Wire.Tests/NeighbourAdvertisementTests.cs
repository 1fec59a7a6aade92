using Pointsman.Base;
using Pointsman.Tests;
using Xunit;

namespace Pointsman.Wire.Tests;

public sealed class NeighbourAdvertisementTests
{
    private static readonly NeighbourAdvertisement Announcement = new()
    {
        Owner = new MacAddress(0x26a4_ea25_164d),
        Target = IpAddress.Parse("fe80::200"),
    };

    [Fact]
    public void Announcement_IsWritten_IsKeepalivedsFrame()
    {
        var frame = new byte[NeighbourAdvertisement.FrameLengthBytes];

        Assert.Equal(frame.Length, Announcement.Write(frame));
        Assert.Equal(Captured.NeighbourAdvertisement, Convert.ToHexStringLower(frame));
    }

    [Fact]
    [Rfc("9568-6.4.2-8")]
    public void RoutersAnnouncement_SaysSo_WithAChecksumThatFits()
    {
        var frame = new byte[NeighbourAdvertisement.FrameLengthBytes];

        (Announcement with { IsRouter = true }).Write(frame);

        Assert.Equal(0xa0, frame[58]);
        Assert.Equal(0, InternetChecksum.Compute(frame.AsSpan(54), InternetChecksum.Sum(frame.AsSpan(22, 32), 32 + 58)));
    }

    [Fact]
    public void Announcement_IsRead_IsWhatWasWritten()
    {
        Assert.Equal(NeighbourParseError.None, Read([], out NeighbourAdvertisement read));
        Assert.Equal(Announcement, read);
    }

    [Fact]
    public void WithoutTheOption_WhoeverSentIt_IsTheOwner()
    {
        byte[] frame = Frame()[..78];
        frame[19] = 24;
        Seal(frame);
        Assert.Equal(NeighbourParseError.None, NeighbourAdvertisement.TryParse(frame, out NeighbourAdvertisement read));
        Assert.Equal(Announcement.Owner, read.Owner);
    }

    [Theory]
    [InlineData(12, 0x08, NeighbourParseError.EtherType)]
    [InlineData(14, 0x45, NeighbourParseError.TooShort)]
    [InlineData(19, 20, NeighbourParseError.TooShort)]
    [InlineData(20, 17, NeighbourParseError.NextHeader)]
    [InlineData(21, 254, NeighbourParseError.HopLimit)]
    [InlineData(54, 135, NeighbourParseError.Type)]
    [InlineData(55, 1, NeighbourParseError.Type)]
    [InlineData(57, 0, NeighbourParseError.Checksum)]
    public void OneByteIsWrong_IsRefusedForThat(int at, byte value, NeighbourParseError error) =>
        Assert.Equal(error, Read([(at, value)], out _));

    [Theory]
    [InlineData(79, 0, NeighbourParseError.Option)]
    [InlineData(79, 2, NeighbourParseError.TooShort)]
    [InlineData(62, 0xff, NeighbourParseError.Target)]
    public void OneByteIsWrong_UnderARightChecksum_IsRefusedForThat(int at, byte value, NeighbourParseError error)
    {
        byte[] frame = Frame();
        frame[at] = value;
        Seal(frame);
        Assert.Equal(error, NeighbourAdvertisement.TryParse(frame, out _));
    }

    [Fact]
    public void AnyLengthTooShort_IsRefused_NeverThrown()
    {
        byte[] frame = Frame();
        for (int length = 0; length < frame.Length; length++)
        {
            Assert.NotEqual(NeighbourParseError.None, NeighbourAdvertisement.TryParse(frame.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void BytesMadeByChance_NothingIsThrown()
    {
        var random = new Prng(1);
        for (int round = 0; round < 100_000; round++)
        {
            byte[] frame = Frame();
            for (int change = 0; change <= random.NextInt(4); change++)
            {
                frame[random.NextInt(frame.Length)] = (byte)random.NextInt(256);
            }

            Seal(frame);
            NeighbourAdvertisement.TryParse(frame.AsSpan(0, frame.Length - random.NextInt(3)), out _);
        }
    }

    private static byte[] Frame()
    {
        var frame = new byte[NeighbourAdvertisement.FrameLengthBytes];
        Announcement.Write(frame);
        return frame;
    }

    private static NeighbourParseError Read((int At, byte Value)[] changes, out NeighbourAdvertisement read)
    {
        byte[] frame = Frame();
        foreach ((int at, byte value) in changes)
        {
            frame[at] = value;
        }

        return NeighbourAdvertisement.TryParse(frame, out read);
    }

    private static void Seal(byte[] frame)
    {
        frame[56] = frame[57] = 0;
        ushort sum = InternetChecksum.Compute(
            frame.AsSpan(54), InternetChecksum.Sum(frame.AsSpan(22, 32), (uint)(frame.Length - 54 + 58)));
        (frame[56], frame[57]) = ((byte)(sum >> 8), (byte)sum);
    }
}
