using System.Buffers.Binary;

namespace Pointsman.Dataplane.Tests;

/// <summary>What a router, or a host without a listener, says of a packet: destination unreachable, with the packet's beginning.</summary>
internal static class IcmpErrors
{
    internal const string Router4 = "198.51.100.1";
    internal const string Router6 = "2001:db8:1::1";
    private const byte Icmp = 1;
    private const byte Icmp6 = 58;

    /// <param name="source">Who says it; null: a router.</param>
    internal static byte[] About(Frame packet, string? source = null) => packet.IsV6
        ? Of6(packet, source ?? Router6)
        : Of4(packet, source ?? Router4);

    private static byte[] Of4(Frame packet, string source)
    {
        byte[] quoted = packet.Build().AsSpan(Frame.EthernetBytes, 28).ToArray();
        byte[] frame = new Frame { Source = source, Target = packet.Source, PayloadBytes = 16, Protocol = Icmp }.Build();
        Span<byte> icmp = frame.AsSpan(Frame.EthernetBytes + 20, 36);
        icmp.Clear();
        (icmp[0], icmp[1]) = (3, 3);
        quoted.CopyTo(icmp[8..]);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], (ushort)~Frame.Sum(icmp));
        return frame;
    }

    private static byte[] Of6(Frame packet, string source)
    {
        byte[] quoted = (packet with { PaddingBytes = 0 }).Build()[Frame.EthernetBytes..];
        var frame = new Frame { Source = source, Target = packet.Source, Protocol = Icmp6, PayloadBytes = 8 + quoted.Length - Frame.TcpBytes };
        byte[] bytes = frame.Build();
        Span<byte> icmp = bytes.AsSpan(Frame.EthernetBytes + 40, 8 + quoted.Length);
        icmp.Clear();
        (icmp[0], icmp[1]) = (1, 4);
        quoted.CopyTo(icmp[8..]);
        ReadOnlySpan<byte> whole = bytes.AsSpan(Frame.EthernetBytes, frame.TotalBytes);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], (ushort)~Frame.TransportSum(whole, 40, Icmp6));
        return bytes;
    }
}
