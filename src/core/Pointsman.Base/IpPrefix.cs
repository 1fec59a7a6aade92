namespace Pointsman.Base;

/// <summary>An address with a prefix length, as an interface carries it: the host bits are kept.</summary>
public readonly record struct IpPrefix(IpAddress Address, int Length)
{
    /// <summary>The address alone: /32 or /128, keepalived's default for virtual addresses.</summary>
    public static IpPrefix Host(IpAddress address) => new(address, address.LengthBits);

    public static bool TryParse(ReadOnlySpan<char> text, out IpPrefix prefix)
    {
        prefix = default;
        int slash = text.IndexOf('/');
        if (!IpAddress.TryParse(slash < 0 ? text : text[..slash], out IpAddress address))
        {
            return false;
        }

        int length = address.LengthBits;
        if (slash >= 0)
        {
            ReadOnlySpan<char> digits = text[(slash + 1)..];
            if (digits.ContainsAnyExceptInRange('0', '9') || !int.TryParse(digits, out length)
                || length > address.LengthBits)
            {
                return false;
            }
        }

        prefix = new IpPrefix(address, length);
        return true;
    }

    /// <summary>Whether the network has that address.</summary>
    public bool Contains(IpAddress other)
    {
        if (other.IsV4 != Address.IsV4)
        {
            return false;
        }

        Span<byte> mine = stackalloc byte[16];
        Span<byte> its = stackalloc byte[16];
        Address.WriteBytes(mine);
        other.WriteBytes(its);
        int whole = Length / 8;
        int rest = Length % 8;
        return mine[..whole].SequenceEqual(its[..whole])
            && (rest == 0 || (mine[whole] ^ its[whole]) >> (8 - rest) == 0);
    }

    public override string ToString() => $"{Address}/{Length}";
}
