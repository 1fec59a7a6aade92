using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Dataplane.Tests;

/// <summary>What a client is told of its packet by ICMP, or ICMPv6.</summary>
internal static class Told
{
    /// <summary>The frame goes back to where it came from, from the address it was for, quotes it, and its checksums are right.</summary>
    internal static void Expect(byte[] told, Frame of, (int Type, int Code) what, uint rest)
    {
        Assert.Equal((of.SourceMac, of.TargetMac), (MacAddress.FromBytes(told).ToString(), MacAddress.FromBytes(told.AsSpan(6)).ToString()));
        ReadOnlySpan<byte> ip = told.AsSpan(Frame.EthernetBytes);
        bool isV6 = ip[0] >> 4 == 6;
        ReadOnlySpan<byte> icmp = ip[(isV6 ? 40 : 20)..];
        Assert.True(icmp.Length - 8 >= (isV6 ? 60 : 28), "all headers are quoted");
        Assert.Equal(of.Build()[Frame.EthernetBytes..][..(icmp.Length - 8)], icmp[8..].ToArray());
        Assert.Equal(what, (icmp[0], icmp[1]));
        Assert.Equal(rest, BinaryPrimitives.ReadUInt32BigEndian(icmp[4..]));
        Assert.Equal($"{of.Target} -> {of.Source}", Ends(ip));
        Assert.Equal(0xffff, isV6 ? Frame.TransportSum(ip, 40, 58) : Frame.Sum(icmp));
        Assert.Equal(ip.Length, isV6 ? 40 + BinaryPrimitives.ReadUInt16BigEndian(ip[4..]) : BinaryPrimitives.ReadUInt16BigEndian(ip[2..]));
        Assert.True(isV6 || Frame.Sum(ip[..20]) == 0xffff, "the header's checksum is right");
    }

    internal static string Ends(ReadOnlySpan<byte> ip) => ip[0] >> 4 == 6
        ? $"{IpAddress.FromBytes(ip.Slice(8, 16))} -> {IpAddress.FromBytes(ip.Slice(24, 16))}"
        : $"{IpAddress.FromBytes(ip.Slice(12, 4))} -> {IpAddress.FromBytes(ip.Slice(16, 4))}";
}
