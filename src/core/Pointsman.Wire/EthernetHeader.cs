using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Wire;

/// <summary>The header of an Ethernet II frame.</summary>
public static class EthernetHeader
{
    public const int LengthBytes = 14;

    /* IEEE 802.3 §3.1.1
       | Destination address, 6 bytes | Source address, 6 bytes | Type, 2 bytes |   */
    private const int SourceAt = 6;
    private const int TypeAt = 12;
    private const ushort Ipv4 = 0x0800;
    private const ushort Ipv6 = 0x86dd;

    /// <summary>Writes the header of a frame with an IP packet.</summary>
    public static void Write(Span<byte> target, MacAddress destination, MacAddress source, IpFamily family)
    {
        destination.WriteBytes(target);
        source.WriteBytes(target[SourceAt..]);
        BinaryPrimitives.WriteUInt16BigEndian(target[TypeAt..], family == IpFamily.V4 ? Ipv4 : Ipv6);
    }
}
