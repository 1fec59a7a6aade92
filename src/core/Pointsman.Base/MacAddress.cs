namespace Pointsman.Base;

/// <summary>A 48-bit Ethernet address. <see cref="Bits"/> holds it as written: the first byte is the highest.</summary>
public readonly record struct MacAddress(ulong Bits)
{
    public const int LengthBytes = 6;

    public static MacAddress Broadcast { get; } = new(0xffff_ffff_ffff);

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
