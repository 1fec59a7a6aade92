using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Dataplane.Bpf;

/// <summary>__be32: thirty-two bits in network order; the swap cannot be forgotten.</summary>
internal readonly record struct Be32
{
    private readonly uint _raw;

    internal Be32(uint value) =>
        _raw = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    internal Be32(IpAddress address)
        : this(address.V4Bits)
    {
    }

    internal uint Value => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(_raw) : _raw;

    internal IpAddress Address => IpAddress.FromV4Bits(Value);
}
