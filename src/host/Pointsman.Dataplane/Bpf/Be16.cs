using System.Buffers.Binary;

namespace Pointsman.Dataplane.Bpf;

/// <summary>__be16: sixteen bits in network order; the swap cannot be forgotten.</summary>
internal readonly record struct Be16
{
    private readonly ushort _raw;

    internal Be16(ushort value) =>
        _raw = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    internal ushort Value => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(_raw) : _raw;
}
