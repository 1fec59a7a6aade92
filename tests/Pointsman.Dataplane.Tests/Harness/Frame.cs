using System.Buffers.Binary;
using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// Builds Ethernet frames byte by byte; every field has a default that makes a good packet. Of IPv6 if the source is.
/// </summary>
internal sealed record Frame
{
    internal const int EthernetBytes = 14;
    internal const int TcpBytes = 20;
    internal const int UdpBytes = 8;
    internal const int SctpBytes = 16;
    internal const byte Udp = 17;
    internal const byte Sctp = 132;
    internal const ushort Identification = 0x1234;

    internal string SourceMac { get; init; } = "02:00:00:00:00:c1";

    internal string TargetMac { get; init; } = "02:00:00:00:00:d1";

    internal string Source { get; init; } = "203.0.113.5";

    internal ushort SourcePort { get; init; } = 40000;

    internal string Target { get; init; } = TestPlane.Vip;

    internal ushort TargetPort { get; init; } = 80;

    internal TcpFlags Flags { get; init; } = TcpFlags.Syn;

    internal byte Protocol { get; init; } = 6;

    /// <summary>Of SCTP: the type of its first chunk, an INIT by default.</summary>
    internal byte Chunk { get; init; } = 1;

    /// <summary>Of SCTP: what follows the first chunk, of which the payload is a part; null: nothing.</summary>
    internal byte? NextChunk { get; init; }

    internal byte Ttl { get; init; } = 64;

    internal int OptionBytes { get; init; }

    internal int PayloadBytes { get; init; }

    /// <summary>Null: 0, 1, 2...</summary>
    internal byte[]? Payload { get; init; }

    /// <summary>Bytes after the packet, as Ethernet pads short frames.</summary>
    internal int PaddingBytes { get; init; } = 6;

    /// <summary>
    /// The second word of flags and offset, in host order: 0x2000 more fragments, below that the offset.
    /// </summary>
    internal ushort Fragment { get; init; }

    /// <summary>Extension headers of an IPv6 packet: what each is, and its bytes but for the first.</summary>
    internal ImmutableArray<(byte Type, byte[] Tail)> Extensions { get; init; } = [];

    internal bool IsV6 => Source.Contains(':');

    internal int IpBytes => IsV6 ? 40 + Extensions.Sum(header => header.Tail.Length + 1) : 20 + OptionBytes;

    internal int TotalBytes => IpBytes + TransportBytes + PayloadBytes;

    /// <summary>UDP only, RFC 768: the sender made no checksum.</summary>
    internal bool HasNoChecksum { get; init; }

    private int TransportBytes => Protocol switch
    {
        Udp => UdpBytes,
        Sctp => SctpBytes,
        _ => TcpBytes,
    };

    internal Frame Saying(byte[] payload) => this with { Payload = payload, PayloadBytes = payload.Length };

    /// <summary>The same client connection, another step of it.</summary>
    internal Frame With(TcpFlags flags) => this with { Flags = flags };

    internal byte[] Build()
    {
        var bytes = new byte[EthernetBytes + TotalBytes + PaddingBytes];
        Mac(TargetMac).WriteBytes(bytes);
        Mac(SourceMac).WriteBytes(bytes.AsSpan(6));
        Span<byte> ip = bytes.AsSpan(EthernetBytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(12), (ushort)(IsV6 ? 0x86dd : 0x0800));
        if (IsV6)
        {
            WriteIpv6Header(ip);
        }
        else
        {
            WriteIpv4Header(ip);
        }

        WriteTransport(ip, ip[IpBytes..]);
        return bytes;
    }

    private void WriteIpv4Header(Span<byte> ip)
    {
        ip[0] = (byte)(0x40 | (IpBytes / 4));
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)TotalBytes);
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], Identification);
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], Fragment);
        ip[8] = Ttl;
        ip[9] = Protocol;
        IpAddress.Parse(Source).WriteBytes(ip[12..]);
        IpAddress.Parse(Target).WriteBytes(ip[16..]);
        ip.Slice(20, OptionBytes).Fill(1); // no operation
        WriteChecksum(ip[..IpBytes]);
    }

    // RFC 8200 §3.
    private void WriteIpv6Header(Span<byte> ip)
    {
        ip[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(TotalBytes - 40));
        ip[7] = Ttl;
        IpAddress.Parse(Source).WriteBytes(ip[8..]);
        IpAddress.Parse(Target).WriteBytes(ip[24..]);
        int next = 6;
        int at = 40;
        foreach ((byte type, byte[] rest) in Extensions)
        {
            ip[next] = type;
            rest.CopyTo(ip[(at + 1)..]);
            next = at;
            at += rest.Length + 1;
        }

        ip[next] = Protocol;
    }

    private void WriteTransport(Span<byte> ip, Span<byte> transport)
    {
        BinaryPrimitives.WriteUInt16BigEndian(transport, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(transport[2..], TargetPort);
        for (int i = 0; i < PayloadBytes; i++)
        {
            transport[TransportBytes + i] = Payload is null ? (byte)i : Payload[i];
        }

        if (Protocol == Sctp)
        {
            WriteSctp(transport[..(TransportBytes + PayloadBytes)]);
            return;
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
            var checksum = (ushort)~TransportSum(ip[..TotalBytes], IpBytes, Protocol);
            bool meansNone = Protocol == Udp && checksum == 0;
            BinaryPrimitives.WriteUInt16BigEndian(transport[checksumAt..], meansNone ? ushort.MaxValue : checksum);
        }
    }

    // RFC 9260 §3; padding is not a part of a chunk's length.
    private void WriteSctp(Span<byte> packet)
    {
        const int ChunkAt = 12;
        int nextBytes = NextChunk is null ? 0 : 4;
        packet[ChunkAt] = Chunk;
        BinaryPrimitives.WriteUInt16BigEndian(packet[(ChunkAt + 2)..], (ushort)(packet.Length - ChunkAt - nextBytes));
        if (NextChunk is { } next)
        {
            packet[^4] = next;
        }

        packet[8..12].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(packet[8..], Crc32c.Of(packet));
    }

    /// <summary>Over pseudo header and segment, RFC 9293 §3.1; all ones when the segment's checksum is right.</summary>
    internal static ushort TransportSum(ReadOnlySpan<byte> packet) =>
        TransportSum(packet, (packet[0] & 0xf) * 4, packet[9]);

    internal static ushort TransportSum(ReadOnlySpan<byte> packet, int headerBytes, byte protocol)
    {
        // RFC 8200 §8.1: the sums of both pseudo headers are over the same fields.
        ReadOnlySpan<byte> addresses = packet[0] >> 4 == 6 ? packet[8..40] : packet[12..20];
        ReadOnlySpan<byte> segment = packet[headerBytes..];
        var summed = new byte[addresses.Length + 4 + segment.Length + (segment.Length % 2)];
        addresses.CopyTo(summed);
        summed[addresses.Length + 1] = protocol;
        BinaryPrimitives.WriteUInt16BigEndian(summed.AsSpan(addresses.Length + 2), (ushort)segment.Length);
        segment.CopyTo(summed.AsSpan(addresses.Length + 4));
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
