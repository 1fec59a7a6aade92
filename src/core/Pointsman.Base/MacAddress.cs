namespace Pointsman.Base;

/// <summary>A 48-bit Ethernet address. <see cref="Bits"/> holds it as written: the first byte is the highest.</summary>
public readonly record struct MacAddress(ulong Bits)
{
    public const int LengthBytes = 6;

    public static MacAddress Broadcast { get; } = new(0xffff_ffff_ffff);

    /// <summary>Whether it is one that RFC 9568 §7.3 keeps for virtual routers, of either family.</summary>
    public bool IsVirtualRouter => (Bits >> 8) is 0x00_005e_0001 or 0x00_005e_0002;

    /// <summary>RFC 9568 §7.3: 00:00:5e:00:01 for IPv4, 00:00:5e:00:02 for IPv6, then the virtual router id.</summary>
    public static MacAddress VirtualRouter(IpFamily family, byte virtualRouterId) =>
        new((family == IpFamily.V4 ? 0x0000_5e00_0100UL : 0x0000_5e00_0200UL) | virtualRouterId);

    /// <summary>
    /// Where Ethernet delivers what is sent to a multicast group. RFC 1112 §6.4: 01:00:5e and the low 23 bits. RFC 2464 §7:
    /// 33:33 and the low 32 bits.
    /// </summary>
    public static MacAddress OfGroup(IpAddress group)
    {
        if (group.IsV4)
        {
            return new MacAddress(0x0100_5e00_0000UL | (group.V4Bits & 0x7f_ffff));
        }

        Span<byte> bytes = stackalloc byte[16];
        group.WriteBytes(bytes);
        return new MacAddress(0x3333_0000_0000UL | System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]));
    }

    public static MacAddress FromBytes(ReadOnlySpan<byte> bytes)
    {
        ulong bits = 0;
        for (int i = 0; i < LengthBytes; i++)
        {
            bits = (bits << 8) | bytes[i];
        }

        return new MacAddress(bits);
    }

    public static bool TryParse(ReadOnlySpan<char> text, out MacAddress address)
    {
        address = default;
        if (text.Length != 17)
        {
            return false;
        }

        ulong bits = 0;
        for (int i = 0; i < LengthBytes; i++)
        {
            if ((i > 0 && text[(i * 3) - 1] != ':')
                || !byte.TryParse(text.Slice(i * 3, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out byte value))
            {
                return false;
            }

            bits = (bits << 8) | value;
        }

        address = new MacAddress(bits);
        return true;
    }

    public void WriteBytes(Span<byte> target)
    {
        for (int i = 0; i < LengthBytes; i++)
        {
            target[i] = (byte)(Bits >> (8 * (LengthBytes - 1 - i)));
        }
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[LengthBytes];
        WriteBytes(bytes);
        return string.Create(null, $"{bytes[0]:x2}:{bytes[1]:x2}:{bytes[2]:x2}:{bytes[3]:x2}:{bytes[4]:x2}:{bytes[5]:x2}");
    }
}
