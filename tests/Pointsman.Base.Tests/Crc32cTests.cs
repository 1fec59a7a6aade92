using System.Text;

namespace Pointsman.Base.Tests;

public sealed class Crc32cTests
{
    // The check value of the catalogue of CRCs for CRC-32/ISCSI.
    [Fact]
    public void KnownText_HasTheKnownChecksum() => Assert.Equal(0xe3069283u, Crc32c.Of(Encoding.ASCII.GetBytes("123456789")));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void TwoBytesChanged_ChecksumFollows_WithoutALookAtTheRest(int seed)
    {
        var random = new Prng((ulong)seed);
        for (int round = 0; round < 500; round++)
        {
            var before = new byte[4 + random.NextInt(round % 50 == 0 ? 65532 : 4000)];
            for (int i = 0; i < before.Length; i++)
            {
                before[i] = (byte)random.NextInt(256);
            }

            byte[] after = [.. before];
            int at = random.OneIn(2) ? 2 : 0;
            after[at] = (byte)random.NextInt(256);
            after[at + 1] = (byte)random.NextInt(256);
            var change = (ushort)((before[at] ^ after[at]) | ((before[at + 1] ^ after[at + 1]) << 8));

            Assert.Equal(Crc32c.Of(after), Crc32c.Of(before) ^ Crc32c.ChangeOf(change, before.Length - at));
        }
    }
}
