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
    private const int EthernetBytes = 14;
    private const int Ipv4Bytes = 20;
    private const byte Ack = 0x10;
    private const byte Syn = 0x02;

    internal TransportProtocol Protocol { get; init; } = TransportProtocol.Tcp;

    /// <summary>Each packet is the first one of a connection; with as many flows as packets, none is known.</summary>
    internal bool OnlyOpens { get; init; }

    internal static byte[] EmptyFrame => new byte[TrafficRecord.FrameBytes];

    internal unsafe TrafficRecord ToRecord()
    {
        Invariant.That(int.IsPow2(FlowCount), "the number of flows is a power of two");
        TrafficRecord record = new() { FlowMask = (uint)(FlowCount - 1), Opens = Opens ? 1u : 0u, Stride = Opens || OnlyOpens ? Sequence : Disorder };
        var frame = new Span<byte>(record.Frame, TrafficRecord.FrameBytes);
        Target.WriteBytes(frame);
        Source.WriteBytes(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], 0x0800);

        Span<byte> ip = frame[EthernetBytes..];
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], TrafficRecord.FrameBytes - EthernetBytes);
        ip[8] = 64;
        ip[9] = (byte)Protocol;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], FirstClient);
        Service.WriteBytes(ip[16..]);
        foreach (ushort word in MemoryMarshal.Cast<byte, ushort>(ip[..Ipv4Bytes]))
        {
            record.Checksum += word;
        }

        Span<byte> transport = ip[Ipv4Bytes..];
        BinaryPrimitives.WriteUInt16BigEndian(transport[2..], Port);
        if (Protocol == TransportProtocol.Udp)
        {
            // No checksum: zero says so.
            BinaryPrimitives.WriteUInt16BigEndian(transport[4..], (ushort)(TrafficRecord.FrameBytes - EthernetBytes - Ipv4Bytes));
            return record;
        }

        transport[12] = 0x50;
        transport[13] = OnlyOpens ? Syn : Ack;
        return record;
    }
}
