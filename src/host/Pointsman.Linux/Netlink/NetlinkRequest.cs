using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Pointsman.Base;

namespace Pointsman.Linux.Netlink;

/// <summary>One netlink message being written: header, then a fixed part, then attributes. Host byte order throughout.</summary>
internal ref struct NetlinkRequest
{
    private readonly Span<byte> _buffer;
    private int _length;

    internal NetlinkRequest(Span<byte> buffer, ushort type, ushort flags)
    {
        _buffer = buffer;
        _buffer.Clear();
        Put(0, 0);                     // length: set by Finish
        MemoryMarshal.Write(_buffer[4..], type);
        MemoryMarshal.Write(_buffer[6..], flags);
        _length = RtNetlink.HeaderSizeBytes;
    }

        internal void FixedPart<T>(in T part)
        where T : unmanaged
    {
        MemoryMarshal.Write(_buffer[_length..], part);
        _length += Aligned(Unsafe.SizeOf<T>());
    }

    internal void Attribute(ushort type, scoped ReadOnlySpan<byte> value)
    {
        MemoryMarshal.Write(_buffer[_length..], (ushort)(4 + value.Length));
        MemoryMarshal.Write(_buffer[(_length + 2)..], type);
        value.CopyTo(_buffer[(_length + 4)..]);
        _length += Aligned(4 + value.Length);
    }

    internal void Attribute(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        MemoryMarshal.Write(bytes, value);
        Attribute(type, bytes);
    }

    internal void Attribute(ushort type, IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        int count = address.WriteBytes(bytes);
        Attribute(type, bytes[..count]);
    }

    internal void Attribute(ushort type, MacAddress mac)
    {
        Span<byte> bytes = stackalloc byte[MacAddress.LengthBytes];
        mac.WriteBytes(bytes);
        Attribute(type, bytes);
    }

    /// <summary>Begins an attribute that holds attributes; <see cref="EndNest"/> takes what it returns.</summary>
    internal int BeginNest(ushort type)
    {
        int start = _length;
        MemoryMarshal.Write(_buffer[(_length + 2)..], type);
        _length += 4;
        return start;
    }

    internal readonly void EndNest(int start) => MemoryMarshal.Write(_buffer[start..], (ushort)(_length - start));

    /// <summary>Begins a part with a header that is no attribute's; <see cref="EndBytes"/> takes what it returns.</summary>
    internal int BeginBytes(int headerBytes)
    {
        int start = _length;
        _length += headerBytes;
        return start;
    }

    /// <summary>Writes the part's length in its first two bytes, and gives its header to be filled.</summary>
    internal readonly Span<byte> EndBytes(int start)
    {
        EndNest(start);
        return _buffer[start.._length];
    }

    /// <summary>Text with the zero byte the kernel expects.</summary>
    internal void Attribute(ushort type, string text)
    {
        Span<byte> bytes = stackalloc byte[64];
        int count = Encoding.UTF8.GetBytes(text, bytes[..^1]);
        bytes[count] = 0;
        Attribute(type, bytes[..(count + 1)]);
    }

    internal readonly ReadOnlySpan<byte> Finish(uint sequence)
    {
        Put(0, (uint)_length);
        Put(8, sequence);
        return _buffer[.._length];
    }

    private static int Aligned(int length) => (length + 3) & ~3;

    private readonly void Put(int offset, uint value) => MemoryMarshal.Write(_buffer[offset..], value);
}
