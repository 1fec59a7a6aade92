namespace Pointsman.Tests;

/// <summary>The sum of RFC 1071, once more and slowly, so that the tests do not believe the code they test.</summary>
internal static class OnesComplement
{
    /// <returns>0xffff where the bytes contain a right checksum.</returns>
    public static ushort Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? (uint)bytes[i] << 8 : bytes[i];
            sum = (sum >> 16) + (sum & 0xffff);
        }

        return (ushort)sum;
    }
}
