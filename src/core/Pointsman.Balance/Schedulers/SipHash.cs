using System.Numerics;

namespace Pointsman.Balance.Schedulers;

/// <summary>
/// SipHash of up to seven bytes, with any number of rounds: the kernel's hsiphash on 64-bit machines is SipHash-1-3.
/// </summary>
internal static class SipHash
{
    internal static ulong Compute(ulong key0, ulong key1, ulong bytes, int byteCount, int rounds, int lastRounds)
    {
        ulong v0 = key0 ^ 0x736f6d6570736575;
        ulong v1 = key1 ^ 0x646f72616e646f6d;
        ulong v2 = key0 ^ 0x6c7967656e657261;
        ulong v3 = key1 ^ 0x7465646279746573;
        ulong block = ((ulong)byteCount << 56) | bytes;

        v3 ^= block;
        Mix(rounds);
        v0 ^= block;
        v2 ^= 0xff;
        Mix(lastRounds);
        return v0 ^ v1 ^ v2 ^ v3;

        void Mix(int count)
        {
            for (int i = 0; i < count; i++)
            {
                v0 += v1;
                v2 += v3;
                v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
                v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
                v0 = BitOperations.RotateLeft(v0, 32);
                v2 += v1;
                v0 += v3;
                v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
                v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
                v2 = BitOperations.RotateLeft(v2, 32);
            }
        }
    }
}
