using System.Numerics;

namespace Pointsman.Base;

/// <summary>
/// SCTP's checksum (RFC 9260 appendix A), and what it changes by when two bytes of a packet do, without a look at the
/// rest: a CRC is linear. The data path does the same with powers that it has in a table (bpf/crc32c.h).
/// </summary>
public static class Crc32c
{
    /// <summary>Numbers stand for polynomials, the highest bit for x^0; this one for CRC32c's without its x^32.</summary>
    private const uint Polynomial = 0x82f63b78;

    private const uint One = 1u << 31;

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }

    /// <summary>x^(8 * <paramref name="bytes"/>) modulo the polynomial: what a CRC is multiplied by when zeros follow.</summary>
    public static uint Power(int bytes)
    {
        uint power = One;
        uint square = One >> 8;   // x^8
        for (; bytes > 0; bytes >>= 1)
        {
            power = (bytes & 1) != 0 ? Multiply(power, square) : power;
            square = Multiply(square, square);
        }

        return power;
    }

    /// <summary>What the CRC is to be exclusive-ored with.</summary>
    /// <param name="change">Of two bytes, before exclusive-or after; the first is the lower.</param>
    /// <param name="bytes">From the first of them to the end of what the CRC is over.</param>
    public static uint ChangeOf(ushort change, int bytes) => Multiply((uint)change << 16, Power(bytes + 2));

    private static uint Multiply(uint left, uint right)
    {
        uint product = 0;
        for (; left != 0; left <<= 1)
        {
            product ^= (left & One) != 0 ? right : 0;
            right = (right >> 1) ^ ((right & 1) != 0 ? Polynomial : 0);
        }

        return product;
    }
}
