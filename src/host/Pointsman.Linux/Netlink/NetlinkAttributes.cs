using System.Runtime.InteropServices;
using System.Text;
using Pointsman.Base;

namespace Pointsman.Linux.Netlink;

/// <summary>Walks the attributes behind a message's fixed part.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    // The two highest bits of a type say "nested" and "network order"; the rest is the type.
    private const ushort TypeMask = 0x3fff;

    private ReadOnlySpan<byte> _rest = bytes;

    internal ushort Type { get; private set; }

    internal ReadOnlySpan<byte> Value { get; private set; }

    internal readonly uint UInt32 => Value.Length >= 4 ? MemoryMarshal.Read<uint>(Value) : 0;

    internal readonly string Text => Encoding.UTF8.GetString(Value.TrimEnd((byte)0));

    internal readonly IpAddress? Address => Value.Length is 4 or 16 ? IpAddress.FromBytes(Value) : null;

    internal readonly MacAddress? Mac => Value.Length == MacAddress.LengthBytes ? MacAddress.FromBytes(Value) : null;

    internal bool Next()
    {
        if (_rest.Length < 4)
        {
            return false;
        }

        int length = MemoryMarshal.Read<ushort>(_rest);
        if (length < 4 || length > _rest.Length)
        {
            return false;
        }

        Type = (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & TypeMask);
        Value = _rest[4..length];
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}
