using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Pointsman.Base;

/// <summary>An IPv4 or IPv6 address as a value. Ordered by family, then numerically (VRRP compares source addresses).</summary>
public readonly record struct IpAddress : IComparable<IpAddress>
{
    // In two halves: a UInt128 wants to lie at a multiple of its size, and there may be millions of these.
    private readonly ulong _upper;
    private readonly ulong _lower;

    private IpAddress(IpFamily family, UInt128 bits)
    {
        Family = family;
        _upper = (ulong)(bits >> 64);
        _lower = (ulong)bits;
    }

    public IpFamily Family { get; }

    public bool IsV4 => Family == IpFamily.V4;

    /// <summary>The IPv4 address as a number in host order; only for <see cref="IpFamily.V4"/>.</summary>
    public uint V4Bits
    {
        get
        {
            Invariant.That(IsV4, "an IPv4 address is asked for its 32 bits");
            return (uint)_lower;
        }
    }

    public int LengthBytes => IsV4 ? 4 : 16;

    public int LengthBits => LengthBytes * 8;

    public bool IsMulticast => IsV4 ? (V4Bits >> 28) == 0xe : (byte)(_upper >> 56) == 0xff;

    /// <summary>169.254.0.0/16 or fe80::/10: good on one link only.</summary>
    public bool IsLinkLocal => IsV4 ? (V4Bits >> 16) == 0xa9fe : (uint)(_upper >> 54) == 0x3fa;

    public static IpAddress FromV4Bits(uint bits) => new(IpFamily.V4, bits);

    public static IpAddress FromV6Bits(UInt128 bits) => new(IpFamily.V6, bits);

    /// <summary>Four or sixteen bytes in network order.</summary>
    public static IpAddress FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 => FromV4Bits(BinaryPrimitives.ReadUInt32BigEndian(bytes)),
        16 => FromV6Bits(BinaryPrimitives.ReadUInt128BigEndian(bytes)),
        _ => throw new ArgumentException("an address has 4 or 16 bytes", nameof(bytes)),
    };

    /// <summary>Dotted quad with exactly four decimal parts, or an IPv6 literal; no names, no shorthand.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpAddress address)
    {
        address = default;
        if (text.Contains(':'))
        {
            if (text.Contains('%') || text.Contains('[') || !IPAddress.TryParse(text, out IPAddress? v6)
                || v6.AddressFamily != AddressFamily.InterNetworkV6)
            {
                return false;
            }

            Span<byte> bytes = stackalloc byte[16];
            v6.TryWriteBytes(bytes, out _);
            address = FromBytes(bytes);
            return true;
        }

        return TryParseV4(text, out address);
    }

    public static IpAddress Parse(string text) =>
        TryParse(text, out IpAddress address) ? address : throw new FormatException($"not an IP address: '{text}'");

    private UInt128 Bits => new(_upper, _lower);

    public static bool operator <(IpAddress left, IpAddress right) => left.CompareTo(right) < 0;

    public static bool operator >(IpAddress left, IpAddress right) => left.CompareTo(right) > 0;

    public static bool operator <=(IpAddress left, IpAddress right) => left.CompareTo(right) <= 0;

    public static bool operator >=(IpAddress left, IpAddress right) => left.CompareTo(right) >= 0;

    /// <summary>Writes the address in network order; returns the number of bytes (4 or 16).</summary>
    public int WriteBytes(Span<byte> target)
    {
        if (IsV4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(target, (uint)_lower);
        }
        else
        {
            BinaryPrimitives.WriteUInt128BigEndian(target, Bits);
        }

        return LengthBytes;
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[LengthBytes];
        WriteBytes(bytes);
        return bytes;
    }

    [SuppressMessage("Naming", "CA1725", Justification = "left and right read better beside the operators")]
    public int CompareTo(IpAddress other) =>
        Family != other.Family ? Family.CompareTo(other.Family) : Bits.CompareTo(other.Bits);

    public IPAddress ToNet() => new(ToBytes());

    public override string ToString() => Family == default
        ? "(none)"
        : IsV4
        ? string.Create(null, $"{(byte)(V4Bits >> 24)}.{(byte)(V4Bits >> 16)}.{(byte)(V4Bits >> 8)}.{(byte)V4Bits}")
        : ToNet().ToString();

    private static bool TryParseV4(ReadOnlySpan<char> text, out IpAddress address)
    {
        address = default;
        uint bits = 0;
        int parts = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> part = text[range];
            if (parts == 4 || part.Length is 0 or > 3 || part.ContainsAnyExceptInRange('0', '9')
                || !byte.TryParse(part, out byte value))
            {
                return false;
            }

            bits = (bits << 8) | value;
            parts++;
        }

        address = FromV4Bits(bits);
        return parts == 4;
    }
}
