using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Pointsman.Base;

namespace Pointsman.Bench.Kernel;

/// <summary>Packets of clients to one virtual service, each next one of the next flow.</summary>
/// <param name="FlowCount">A power of two.</param>
/// <param name="Opens">Each flow sends a SYN and one segment more; otherwise only segments of connections that are open.</param>
internal sealed record Traffic(
    MacAddress Source, MacAddress Target, IpAddress Service, ushort Port, int FlowCount, bool Opens)
{
    // Flows are opened one after the other, and heard of in an order that has nothing to do with it: a table that gives out
    // its memory in sequence would else be read in sequence, which is what processors guess.
    private const uint Sequence = 1;
    private const uint Disorder = 0x9e37_79b1;

    // 198.51.0.0: the program counts in the last two bytes.
    private const uint FirstClient = 0xc633_0000;
    private const string FirstClient6 = "2001:db8:33::";
    private const int EthernetBytes = 14;
    private const int Ipv4Bytes = 20;
    private const int Ipv6Bytes = 40;

    /// <summary>Of a frame over IPv4, the shortest there is, and over IPv6.</summary>
    private const int Bytes = 64;
    private const int Bytes6 = 80;
    private const byte Ack = 0x10;
    private const byte Syn = 0x02;

    internal TransportProtocol Protocol { get; init; } = TransportProtocol.Tcp;

    /// <summary>Each packet is the first one of a connection; with as many flows as packets, none is known.</summary>
    internal bool OnlyOpens { get; init; }

    /// <summary>The flow that sends first: two sources at once are of different clients.</summary>
    internal uint FirstFlow { get; init; }

    internal byte[] EmptyFrame => new byte[FrameBytes];

    private int FrameBytes => Service.IsV4 ? Bytes : Bytes6;

    internal unsafe TrafficRecord ToRecord()
    {
        Invariant.That(int.IsPow2(FlowCount), "the number of flows is a power of two");
        TrafficRecord record = new()
        {
            Next = FirstFlow,
            FlowMask = (uint)(FlowCount - 1),
            Opens = Opens ? 1u : 0u,
            Stride = Opens || OnlyOpens ? Sequence : Disorder,
            IsV6 = Service.IsV4 ? 0u : 1u,
            Bytes = (uint)FrameBytes,
        };
        var frame = new Span<byte>(record.Frame, TrafficRecord.FrameBytes);
        Target.WriteBytes(frame);
        Source.WriteBytes(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], (ushort)(Service.IsV4 ? 0x0800 : 0x86dd));
        Span<byte> ip = frame[EthernetBytes..];
        if (Service.IsV4)
        {
            WriteIpv4(ip);
            foreach (ushort word in MemoryMarshal.Cast<byte, ushort>(ip[..Ipv4Bytes]))
            {
                record.Checksum += word;
            }
        }
        else
        {
            WriteIpv6(ip);
        }

        WriteTransport(ip[(Service.IsV4 ? Ipv4Bytes : Ipv6Bytes)..]);
        return record;
    }

    private void WriteIpv4(Span<byte> ip)
    {
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], Bytes - EthernetBytes);
        ip[8] = 64;
        ip[9] = (byte)Protocol;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], FirstClient);
        Service.WriteBytes(ip[16..]);
    }

    private void WriteIpv6(Span<byte> ip)
    {
        ip[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], Bytes6 - EthernetBytes - Ipv6Bytes);
        ip[6] = (byte)Protocol;
        ip[7] = 64;
        IpAddress.Parse(FirstClient6).WriteBytes(ip[8..]);
        Service.WriteBytes(ip[24..]);
    }

    private void WriteTransport(Span<byte> transport)
    {
        BinaryPrimitives.WriteUInt16BigEndian(transport[2..], Port);
        if (Protocol == TransportProtocol.Udp)
        {
            // No checksum: zero says so; over IPv6 it must be there, but nobody asks for it before the server.
            int bytes = FrameBytes - EthernetBytes - (Service.IsV4 ? Ipv4Bytes : Ipv6Bytes);
            BinaryPrimitives.WriteUInt16BigEndian(transport[4..], (ushort)bytes);
            return;
        }

        transport[12] = 0x50;
        transport[13] = OnlyOpens ? Syn : Ack;
    }
}
