using Pointsman.Base;

namespace Pointsman.Wire.Tests;

/// <summary>RFC 5880 §4.1: what is read, and each way in which bytes are no packet.</summary>
public sealed class BfdControlPacketTests
{
    // BIRD 2.0.12 on its way up.
    private static readonly byte[] Captured = Convert.FromHexString("208003186911c71e2e908932000f42400000c35000000000");

    [Fact]
    public void Captured_IsRead_AndWrittenAlike()
    {
        Assert.Equal(BfdParseError.None, BfdControlPacket.TryParse(Captured, out BfdControlPacket packet));
        Assert.Equal(
            new BfdControlPacket
            {
                State = BfdState.Init, Multiplier = 3, MyDiscriminator = 0x6911c71e, YourDiscriminator = 0x2e908932,
                DesiredMinTxUs = 1_000_000, RequiredMinRxUs = 50_000,
            },
            packet);
        byte[] written = new byte[BfdControlPacket.LengthBytes];
        packet.Write(written);
        Assert.Equal(Captured, written);
    }

    [Fact]
    public void EveryField_RoundTrips()
    {
        var random = new Prng(5);
        byte[] bytes = new byte[BfdControlPacket.LengthBytes];
        for (int i = 0; i < 10_000; i++)
        {
            var packet = new BfdControlPacket
            {
                Diagnostic = (BfdDiagnostic)random.NextInt(32),
                State = (BfdState)random.NextInt(4),
                IsPoll = random.OneIn(2),
                IsFinal = random.OneIn(2),
                IsDemand = random.OneIn(2),
                Multiplier = (byte)(1 + random.NextInt(255)),
                MyDiscriminator = 1 + (uint)random.NextInt(int.MaxValue),
                YourDiscriminator = (uint)random.NextUInt64(),
                DesiredMinTxUs = (uint)random.NextUInt64(),
                RequiredMinRxUs = (uint)random.NextUInt64(),
            };
            packet.Write(bytes);
            Assert.Equal(BfdParseError.None, BfdControlPacket.TryParse(bytes, out BfdControlPacket read));
            Assert.Equal(packet, read);
        }
    }

    [Fact]
    public void EveryTruncation_IsRefused()
    {
        for (int length = 0; length < Captured.Length; length++)
        {
            Assert.Equal(BfdParseError.Truncated, BfdControlPacket.TryParse(Captured.AsSpan(0, length), out _));
        }
    }

    [Theory]
    [InlineData(0, 0x40, BfdParseError.Version)]
    [InlineData(3, 23, BfdParseError.Length)]
    [InlineData(3, 25, BfdParseError.Truncated)]
    [InlineData(2, 0, BfdParseError.Multiplier)]
    [InlineData(1, 0x81, BfdParseError.Multipoint)]
    [InlineData(1, 0x84, BfdParseError.Authentication)]
    public void OneByteIsWrong_TheReasonIsTold(int at, byte value, BfdParseError expected)
    {
        byte[] bytes = [.. Captured];
        bytes[at] = value;
        Assert.Equal(expected, BfdControlPacket.TryParse(bytes, out _));
    }

    [Fact]
    public void SenderNamesNoSession_IsRefused()
    {
        byte[] bytes = [.. Captured];
        bytes.AsSpan(4, 4).Clear();
        Assert.Equal(BfdParseError.Discriminator, BfdControlPacket.TryParse(bytes, out _));
    }

    [Fact]
    public void RandomBytes_NeverThrow()
    {
        var random = new Prng(9);
        for (int i = 0; i < 200_000; i++)
        {
            byte[] bytes = new byte[random.NextInt(40)];
            foreach (ref byte one in bytes.AsSpan())
            {
                one = (byte)random.NextInt(256);
            }

            BfdControlPacket.TryParse(bytes, out _);
        }
    }
}
