using System.Buffers.Binary;

namespace Pointsman.Base;

/// <summary>The one's complement sum of RFC 1071.</summary>
public static class InternetChecksum
{
    /// <summary>The checksum to store over <paramref name="bytes"/>, or 0 when they contain a correct one.</summary>
    /// <param name="bytes">What is summed; an odd last byte counts as if padded with zero.</param>
    /// <param name="initialSum">The sum of a pseudo header, from <see cref="Sum"/>.</param>
    public static ushort Compute(ReadOnlySpan<byte> bytes, uint initialSum = 0)
    {
        uint sum = Sum(bytes, initialSum);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }

    public static uint Sum(ReadOnlySpan<byte> bytes, uint initialSum = 0)
    {
        ulong sum = initialSum;
        while (bytes.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
        }

        if (bytes.Length == 1)
        {
            sum += (uint)bytes[0] << 8;
        }

        while (sum >> 32 != 0)
        {
            sum = (sum & 0xffff_ffff) + (sum >> 32);
        }

        return (uint)((sum & 0xffff) + (sum >> 16));
    }
}
