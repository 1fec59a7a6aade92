using System.Buffers.Binary;
using System.Security.Cryptography;
using Pointsman.Base;

namespace Pointsman.Wire;

/// <summary>
/// The IP authentication header before a VRRP version 2 message (authentication type 2): HMAC-MD5-96 over the IPv4
/// packet, as keepalived speaks it.
/// </summary>
public readonly record struct IpAuthenticationHeader
{
    /* RFC 2402 §2
        0                   1                   2                   3
        0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
       | Next Header   |  Payload Len  |          RESERVED             |
       |                 Security Parameters Index (SPI)               |
       |                    Sequence Number Field                      |
       |           Authentication Data (12 bytes: RFC 2403)            |  */
    private const int NextHeaderAt = 0;
    private const int PayloadLengthAt = 1;
    private const int ReservedAt = 2;
    private const int ParametersIndexAt = 4;
    private const int SequenceNumberAt = 8;
    private const int DigestAt = 12;
    private const int DigestLengthBytes = 12;

    // In words, less two.
    private const byte PayloadLength = (LengthBytes / 4) - 2;

    private const int Md5LengthBytes = 16;
    private const int DestinationAt = 16;

    // Larger than any advert: what a peer sends does not choose how much of the stack is taken.
    private const int LongestPacketBytes = 2048;

    // Places in the IPv4 header that routers change, and that therefore count as zero (RFC 2402 §3.3.3.1.1.1).
    private const int TypeOfServiceAt = 1;
    private const int FragmentAt = 6;
    private const int TimeToLiveAt = 8;
    private const int HeaderChecksumAt = 10;

    public const byte IpProtocol = 51;

    public const int LengthBytes = DigestAt + DigestLengthBytes;

    /// <summary>keepalived: the sender's IPv4 address.</summary>
    public uint ParametersIndex { get; init; }

    /// <summary>Grows with every packet, so that none counts twice.</summary>
    public uint SequenceNumber { get; init; }

    /// <summary>False when the bytes are no such header before a VRRP message.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out IpAuthenticationHeader header)
    {
        header = default;
        if (bytes.Length < LengthBytes
            || bytes[NextHeaderAt] != VrrpAdvert.IpProtocol
            || bytes[PayloadLengthAt] != PayloadLength)
        {
            return false;
        }

        header = new IpAuthenticationHeader
        {
            ParametersIndex = BinaryPrimitives.ReadUInt32BigEndian(bytes[ParametersIndexAt..]),
            SequenceNumber = BinaryPrimitives.ReadUInt32BigEndian(bytes[SequenceNumberAt..]),
        };
        return true;
    }

    /// <summary>Writes the header with a digest of zeros, for <see cref="Seal"/>; returns the number of bytes.</summary>
    public int Write(Span<byte> target)
    {
        Span<byte> bytes = target[..LengthBytes];
        bytes[NextHeaderAt] = VrrpAdvert.IpProtocol;
        bytes[PayloadLengthAt] = PayloadLength;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ReservedAt..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[ParametersIndexAt..], ParametersIndex);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[SequenceNumberAt..], SequenceNumber);
        bytes[DigestAt..].Clear();
        return LengthBytes;
    }

    /// <summary>Puts the digest into a packet that is complete but for it.</summary>
    /// <param name="packet">IPv4 header, authentication header, message.</param>
    /// <param name="headerLengthBytes">Of the IPv4 header.</param>
    /// <param name="key">The authentication data of the password.</param>
    public static void Seal(Span<byte> packet, int headerLengthBytes, ReadOnlySpan<byte> key)
    {
        Span<byte> digest = stackalloc byte[Md5LengthBytes];
        Digest(packet, headerLengthBytes, key, digest);
        digest[..DigestLengthBytes].CopyTo(packet[(headerLengthBytes + DigestAt)..]);
    }

    /// <summary>Whether the packet's digest is the one the key makes.</summary>
    public static bool IsSealedWith(ReadOnlySpan<byte> packet, int headerLengthBytes, ReadOnlySpan<byte> key)
    {
        if (packet.Length > LongestPacketBytes || packet.Length < headerLengthBytes + LengthBytes)
        {
            return false;
        }

        Span<byte> digest = stackalloc byte[Md5LengthBytes];
        Digest(packet, headerLengthBytes, key, digest);
        return CryptographicOperations.FixedTimeEquals(
            digest[..DigestLengthBytes], packet.Slice(headerLengthBytes + DigestAt, DigestLengthBytes));
    }

    private static void Digest(ReadOnlySpan<byte> packet, int headerLengthBytes, ReadOnlySpan<byte> key, Span<byte> digest)
    {
        Invariant.That(packet.Length <= LongestPacketBytes, "an advert fits into a packet");
        Span<byte> canonical = stackalloc byte[LongestPacketBytes];
        canonical = canonical[..packet.Length];
        packet.CopyTo(canonical);
        canonical[TypeOfServiceAt] = 0;
        canonical[FragmentAt..(FragmentAt + 2)].Clear();
        canonical[HeaderChecksumAt..(HeaderChecksumAt + 2)].Clear();

        // keepalived: the TTL counts where it is known to arrive as sent, which is multicast.
        if (!IpAddress.FromBytes(packet.Slice(DestinationAt, 4)).IsMulticast)
        {
            canonical[TimeToLiveAt] = 0;
        }

        canonical.Slice(headerLengthBytes + DigestAt, DigestLengthBytes).Clear();
#pragma warning disable CA5351 // RFC 2403: what the peers speak. It keeps out mistakes, not attackers; the manual says so.
        HMACMD5.HashData(key, canonical, digest);
#pragma warning restore CA5351
    }
}
