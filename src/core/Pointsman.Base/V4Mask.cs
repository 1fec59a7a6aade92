using System.Numerics;

namespace Pointsman.Base;

/// <summary>
/// A netmask of IPv4, whose zeros need not all come last: 255.0.255.0 has a length of 24, up to its last one, and 0.255.0.0 is its
/// gap.
/// </summary>
/// <param name="Gaps">The zeros among the first <paramref name="Length"/> bits; 0: there are none.</param>
public readonly record struct V4Mask(int Length, uint Gaps)
{
    private const int LengthBits = 32;

    public uint Bits => FirstBits(Length) & ~Gaps;

    public static V4Mask FromBits(uint bits)
    {
        int length = LengthBits - BitOperations.TrailingZeroCount(bits);
        return new V4Mask(length, FirstBits(length) & ~bits);
    }

    public override string ToString() => IpAddress.FromV4Bits(Bits).ToString();

    private static uint FirstBits(int length) => length == 0 ? 0 : uint.MaxValue << (LengthBits - length);
}
