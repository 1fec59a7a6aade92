using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Dataplane.Tests;

/// <summary>Builds Ethernet frames byte by byte; every field has a default that makes a good packet.</summary>
internal sealed record Frame
{
    internal const int EthernetBytes = 14;
    internal const int TcpBytes = 20;
    internal const int UdpBytes = 8;
    internal const byte Udp = 17;

    internal string SourceMac { get; init; } = "02:00:00:00:00:c1";

    internal string TargetMac { get; init; } = "02:00:00:00:00:d1";

    internal string Source { get; init; } = "203.0.113.5";

    internal ushort SourcePort { get; init; } = 40000;

    internal string Target { get; init; } = TestPlane.Vip;

    internal ushort TargetPort { get; init; } = 80;

    internal TcpFlags Flags { get; init; } = TcpFlags.Syn;

    internal byte Protocol { get; init; } = 6;

    internal byte Ttl { get; init; } = 64;

    internal int OptionBytes { get; init; }

    internal int PayloadBytes { get; init; }

    /// <summary>Bytes after the packet, as Ethernet pads short frames.</summary>
    internal int PaddingBytes { get; init; } = 6;

    /// <summary>
    /// The second word of flags and offset, in host order: 0x2000 more fragments, below that the offset.
    /// </summary>
    internal ushort Fragment { get; init; }

    internal int IpBytes => 20 + OptionBytes;

    internal int TotalBytes => IpBytes + TransportBytes + PayloadBytes;

    /// <summary>UDP only, RFC 768: the sender made no checksum.</summary>
    internal bool HasNoChecksum { get; init; }

    private int TransportBytes => Protocol == Udp ? UdpBytes : TcpBytes;

    /// <summary>The same client connection, another step of it.</summary>
    internal Frame With(TcpFlags flags) => this with { Flags = flags };

    internal byte[] Build()
    {
        var bytes = new byte[EthernetBytes + TotalBytes + PaddingBytes];
        Mac(TargetMac).WriteBytes(bytes);
        Mac(SourceMac).WriteBytes(bytes.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(12), 0x0800);

        Span<byte> ip = bytes.AsSpan(EthernetBytes);
        ip[0] = (byte)(0x40 | (IpBytes / 4));
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)TotalBytes);
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], 0x1234);
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], Fragment);
        ip[8] = Ttl;
        ip[9] = Protocol;
        IpAddress.Parse(Source).WriteBytes(ip[12..]);
        IpAddress.Parse(Target).WriteBytes(ip[16..]);
        ip.Slice(20, OptionBytes).Fill(1); // no operation
        WriteChecksum(ip[..IpBytes]);

        Span<byte> transport = ip[IpBytes..];
        BinaryPrimitives.WriteUInt16BigEndian(transport, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(transport[2..], TargetPort);
        for (int i = 0; i < PayloadBytes; i++)
        {
            transport[TransportBytes + i] = (byte)i;
        }

        int checksumAt = 16;
        if (Protocol == Udp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport[4..], (ushort)(UdpBytes + PayloadBytes));
            checksumAt = 6;
        }
        else
        {
            transport[12] = 5 << 4;
            transport[13] = (byte)Flags;
        }

        if (!HasNoChecksum)
        {
            var checksum = (ushort)~TransportSum(ip[..TotalBytes]);
            bool meansNone = Protocol == Udp && checksum == 0;
            BinaryPrimitives.WriteUInt16BigEndian(transport[checksumAt..], meansNone ? ushort.MaxValue : checksum);
        }

        return bytes;
    }

    /// <summary>Over pseudo header and segment, RFC 9293 §3.1; all ones when the segment's checksum is right.</summary>
    internal static ushort TransportSum(ReadOnlySpan<byte> packet)
    {
        int headerBytes = (packet[0] & 0xf) * 4;
        ReadOnlySpan<byte> segment = packet[headerBytes..];
        var summed = new byte[12 + segment.Length + (segment.Length % 2)];
        packet[12..20].CopyTo(summed);
        summed[9] = packet[9];
        BinaryPrimitives.WriteUInt16BigEndian(summed.AsSpan(10), (ushort)segment.Length);
        segment.CopyTo(summed.AsSpan(12));
        return Sum(summed);
    }

    /// <summary>Writes the checksum of an IPv4 header (its length given by the span).</summary>
    internal static void WriteChecksum(Span<byte> header)
    {
        header[10] = header[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], (ushort)~Sum(header));
    }

    /// <summary>RFC 1071; all ones over a header with a right checksum.</summary>
    internal static ushort Sum(ReadOnlySpan<byte> header)
    {
        uint sum = 0;
        for (int i = 0; i < header.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)sum;
    }

    internal static MacAddress Mac(string text) =>
        MacAddress.TryParse(text, out MacAddress mac) ? mac : throw new FormatException(text);
}

[Flags]
public enum TcpFlags : byte
{
    None = 0,
    Fin = 1,
    Syn = 2,
    Rst = 4,
    Psh = 8,
    Ack = 16,
}
