using System.Collections.Immutable;

namespace Pointsman.Health;

/// <summary><c>require_reply</c>: the answer that a datagram must bring.</summary>
/// <param name="Expected">The answer's first bytes; empty: any.</param>
/// <param name="Ignored">Bits of them that may be anything; as long as <paramref name="Expected"/>.</param>
/// <param name="MinimumBytes">Shorter answers are wrong.</param>
/// <param name="MaximumBytes">Longer answers are wrong; null: none is.</param>
public sealed record UdpReply(
    ImmutableArray<byte> Expected, ImmutableArray<byte> Ignored, int MinimumBytes = 0, int? MaximumBytes = null)
{
    /// <summary>As many bytes as there are on both sides are compared, as keepalived does.</summary>
    public bool Matches(ReadOnlySpan<byte> answer)
    {
        for (int i = 0; i < Math.Min(answer.Length, Expected.Length); i++)
        {
            if (((answer[i] ^ Expected[i]) & ~Ignored[i] & 0xff) != 0)
            {
                return false;
            }
        }

        return true;
    }

    public bool Equals(UdpReply? other) => other is not null && MinimumBytes == other.MinimumBytes
        && MaximumBytes == other.MaximumBytes && Expected.SequenceEqual(other.Expected) && Ignored.SequenceEqual(other.Ignored);

    public override int GetHashCode() => HashCode.Combine(Expected.Length, MinimumBytes, MaximumBytes);
}
