using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Pointsman.Base;

namespace Pointsman.Dataplane.Bpf;

/// <summary>struct pm_address: an address of either family in network order, IPv4 as ::ffff:a.b.c.d.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct Be128
{
    internal const int LengthBits = 128;
    private const int V4Bits = 32;
    private const ulong V4Prefix = 0xffff;

    private readonly ulong _high;
    private readonly ulong _low;

    internal Be128(IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.IsV4)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (V4Prefix << V4Bits) | address.V4Bits);
        }
        else
        {
            address.WriteBytes(bytes);
        }

        _high = MemoryMarshal.Read<ulong>(bytes);
        _low = MemoryMarshal.Read<ulong>(bytes[8..]);
    }

    internal IpAddress Address
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            MemoryMarshal.Write(bytes, _high);
            MemoryMarshal.Write(bytes[8..], _low);
            bool isV4 = _high == 0 && BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) == V4Prefix;
            return IpAddress.FromBytes(isV4 ? bytes[12..] : bytes);
        }
    }
}
