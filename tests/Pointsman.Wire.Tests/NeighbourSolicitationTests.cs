using Pointsman.Base;
using Xunit;

namespace Pointsman.Wire.Tests;

public sealed class NeighbourSolicitationTests
{
    private static readonly NeighbourSolicitation Question = new()
    {
        Asker = new MacAddress(0x26a4_ea25_164d),
        AskerAddress = IpAddress.Parse("fe80::5"),
        Target = IpAddress.Parse("2001:db8::1:2345"),
    };

    // As the kernel asks (`ping`, seen by tcpdump): 33:33:ff and the address's last three bytes, hop limit 255, who asks.
    [Fact]
    public void WhoeverHasIt_IsAskedByTheGroupOfItsAddress()
    {
        byte[] frame = Written(Question);
        Assert.Equal("3333ff01234526a4ea25164d86dd", Hex(frame, 0, 14));
        Assert.Equal("6000000000203aff", Hex(frame, 14, 8));
        Assert.Equal("fe800000000000000000000000000005ff0200000000000000000001ff012345", Hex(frame, 22, 32));
        Assert.Equal("8700", Hex(frame, 54, 2));
        Assert.Equal("0000000020010db80000000000000000000123450101" + "26a4ea25164d", Hex(frame, 58, 28));
        Assert.Equal(0, InternetChecksum.Compute(frame.AsSpan(54), InternetChecksum.Sum(frame.AsSpan(22, 32), 32 + 58)));
    }

    [Fact]
    public void OneMachine_IsAskedDirectly()
    {
        byte[] frame = Written(Question with { Asked = new MacAddress(0x0200_0000_0009) });
        Assert.Equal("020000000009", Hex(frame, 0, 6));
        Assert.Equal("20010db8000000000000000000012345", Hex(frame, 38, 16));
    }

    private static byte[] Written(in NeighbourSolicitation question)
    {
        var frame = new byte[NeighbourSolicitation.FrameLengthBytes];
        Assert.Equal(frame.Length, question.Write(frame));
        return frame;
    }

    private static string Hex(byte[] frame, int at, int lengthBytes) => Convert.ToHexStringLower(frame, at, lengthBytes);
}
