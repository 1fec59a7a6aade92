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
}
