using System.Buffers.Binary;
using Pointsman.Base;
using Pointsman.Dataplane.Marks;

namespace Pointsman.Dataplane.Tracing;

/// <summary>A packet as a client would send it: made up for the trace, sent nowhere.</summary>
public sealed record TracePacket(TransportProtocol Protocol, TransportEndpoint Source, TransportEndpoint Target)
{
    /// <summary>That a service may be known by.</summary>
    public const uint HighestMark = MarkNames.Highest;

    private const int EthernetBytes = 14;
    private const int TcpBytes = 20;
    private const int UdpBytes = 8;

    /// <summary>The common header and what every chunk begins with, RFC 9260 §3.</summary>
    private const int SctpBytes = 16;

    /// <summary>Ethernet's least, so that no driver's padding is missed.</summary>
    private const int LeastFrameBytes = 60;

    /// <summary>Of TCP: the control bits, RFC 9293 §3.1; SYN by default.</summary>
    public byte TcpFlags { get; init; } = 0x02;

    /// <summary>Of SCTP: the type of its chunk, RFC 9260 §3.2; INIT by default.</summary>
    public byte Chunk { get; init; } = 1;

    /// <summary>Time to live, or hop limit.</summary>
    public byte Ttl { get; init; } = 64;

    /// <summary>Behind the transport header, all zero.</summary>
    public int PayloadBytes { get; init; }

    /// <summary>The Ethernet address it comes from: another director's is known by that.</summary>
    public MacAddress SourceMac { get; init; } = new(0x02_0000_0000_01);

    public MacAddress TargetMac { get; init; } = new(0x02_0000_0000_02);

    /// <summary>That the firewall gives it; zero: none.</summary>
    public uint Mark { get; init; }

    /// <summary>Of the IP packet, its header too.</summary>
    internal int TotalBytes => (Target.Address.IsV4 ? 20 : 40) + HeaderBytes + PayloadBytes;

    /// <summary>The frame as the kernel sends it on to the program for marked packets: routed once.</summary>
    internal TracePacket Routed() => this with
    {
        SourceMac = MarkNames.NearMac, TargetMac = MarkNames.Mac(Mark), Ttl = (byte)Math.Max(Ttl - 1, 0),
    };

    /// <summary>The frame, with right checksums.</summary>
    public byte[] ToFrame()
    {
        bool isV6 = !Target.Address.IsV4;
        int ipBytes = isV6 ? 40 : 20;
        int transportBytes = HeaderBytes + PayloadBytes;
        var frame = new byte[Math.Max(LeastFrameBytes, EthernetBytes + ipBytes + transportBytes)];
        TargetMac.WriteBytes(frame);
        SourceMac.WriteBytes(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), (ushort)(isV6 ? 0x86dd : 0x0800));
        Span<byte> ip = frame.AsSpan(EthernetBytes, ipBytes);
        Span<byte> transport = frame.AsSpan(EthernetBytes + ipBytes, transportBytes);
        if (isV6)
        {
            WriteIpv6(ip, transportBytes);
        }
        else
        {
            WriteIpv4(ip, transportBytes);
        }

        WriteTransport(transport);
        return frame;
    }

    private int HeaderBytes => Protocol switch
    {
        TransportProtocol.Udp => UdpBytes,
        TransportProtocol.Sctp => SctpBytes,
        _ => TcpBytes,
    };

    // RFC 791 §3.1.
    private void WriteIpv4(Span<byte> ip, int transportBytes)
    {
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(ip.Length + transportBytes));
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], 0x4000);   // may not be split
        ip[8] = Ttl;
        ip[9] = (byte)Protocol;
        Source.Address.WriteBytes(ip[12..]);
        Target.Address.WriteBytes(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip));
    }

    // RFC 8200 §3.
    private void WriteIpv6(Span<byte> ip, int transportBytes)
    {
        ip[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)transportBytes);
        ip[6] = (byte)Protocol;
        ip[7] = Ttl;
        Source.Address.WriteBytes(ip[8..]);
        Target.Address.WriteBytes(ip[24..]);
    }

    private void WriteTransport(Span<byte> segment)
    {
        BinaryPrimitives.WriteUInt16BigEndian(segment, Source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment[2..], Target.Port);
        if (Protocol == TransportProtocol.Sctp)
        {
            segment[12] = Chunk;
            BinaryPrimitives.WriteUInt16BigEndian(segment[14..], (ushort)(segment.Length - 12));
            BinaryPrimitives.WriteUInt32LittleEndian(segment[8..], Crc32c.Of(segment));
            return;
        }

        int checksumAt = 16;
        if (Protocol == TransportProtocol.Udp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(segment[4..], (ushort)segment.Length);
            checksumAt = 6;
        }
        else
        {
            segment[12] = TcpBytes / 4 << 4;
            segment[13] = TcpFlags;
            BinaryPrimitives.WriteUInt16BigEndian(segment[14..], ushort.MaxValue);
        }

        // The pseudo header: both addresses, the length, the protocol (RFC 9293 §3.1, RFC 8200 §8.1).
        int addressBytes = Source.Address.LengthBytes;
        Span<byte> summed = new byte[(2 * addressBytes) + 4 + segment.Length];
        Source.Address.WriteBytes(summed);
        Target.Address.WriteBytes(summed[addressBytes..]);
        BinaryPrimitives.WriteUInt16BigEndian(summed[(2 * addressBytes)..], (ushort)segment.Length);
        summed[(2 * addressBytes) + 3] = (byte)Protocol;
        segment.CopyTo(summed[((2 * addressBytes) + 4)..]);
        ushort checksum = Checksum(summed);
        BinaryPrimitives.WriteUInt16BigEndian(
            segment[checksumAt..], Protocol == TransportProtocol.Udp && checksum == 0 ? ushort.MaxValue : checksum);
    }

    // RFC 1071.
    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += (uint)(i % 2 == 0 ? bytes[i] << 8 : bytes[i]);
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
