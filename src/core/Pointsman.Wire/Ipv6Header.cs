using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Wire;

/// <summary>An IPv6 header. Extension headers are payload to it.</summary>
public readonly record struct Ipv6Header
{
    /* RFC 8200 §3
        0                   1                   2                   3
        0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
       |Version| Traffic Class |           Flow Label                  |
       |         Payload Length        |  Next Header  |   Hop Limit   |
       |                 Source Address (16 bytes)                     |
       |               Destination Address (16 bytes)                  |  */
    private const int VersionClassLabelAt = 0;
    private const int PayloadLengthAt = 4;
    private const int NextHeaderAt = 6;
    private const int HopLimitAt = 7;
    private const int SourceAt = 8;
    private const int DestinationAt = 24;

    private const int TrafficClassShift = 20;

    public const int LengthBytes = 40;

    public byte TrafficClass { get; init; }

    public int PayloadLengthBytes { get; init; }

    public byte NextHeader { get; init; }

    public byte HopLimit { get; init; }

    public IpAddress Source { get; init; }

    public IpAddress Destination { get; init; }

    public static Ipv6ParseError TryParse(ReadOnlySpan<byte> bytes, out Ipv6Header header)
    {
        header = default;
        if (bytes.Length < LengthBytes)
        {
            return Ipv6ParseError.TooShort;
        }

        uint firstWord = BinaryPrimitives.ReadUInt32BigEndian(bytes[VersionClassLabelAt..]);
        if (firstWord >> 28 != 6)
        {
            return Ipv6ParseError.Version;
        }

        int payloadLengthBytes = BinaryPrimitives.ReadUInt16BigEndian(bytes[PayloadLengthAt..]);
        if (LengthBytes + payloadLengthBytes > bytes.Length)
        {
            return Ipv6ParseError.PayloadLength;
        }

        header = new Ipv6Header
        {
            TrafficClass = (byte)(firstWord >> TrafficClassShift),
            PayloadLengthBytes = payloadLengthBytes,
            NextHeader = bytes[NextHeaderAt],
            HopLimit = bytes[HopLimitAt],
            Source = IpAddress.FromBytes(bytes.Slice(SourceAt, 16)),
            Destination = IpAddress.FromBytes(bytes.Slice(DestinationAt, 16)),
        };
        return Ipv6ParseError.None;
    }

    /// <summary>Writes the header with flow label zero; returns the number of bytes.</summary>
    public int Write(Span<byte> target)
    {
        Invariant.That(PayloadLengthBytes is >= 0 and <= ushort.MaxValue, "an IPv6 payload has up to 65535 bytes");
        Invariant.That(Source.Family == IpFamily.V6 && Destination.Family == IpFamily.V6, "an IPv6 packet has IPv6 addresses");
        Span<byte> bytes = target[..LengthBytes];
        BinaryPrimitives.WriteUInt32BigEndian(bytes[VersionClassLabelAt..], (6u << 28) | ((uint)TrafficClass << TrafficClassShift));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[PayloadLengthAt..], (ushort)PayloadLengthBytes);
        bytes[NextHeaderAt] = NextHeader;
        bytes[HopLimitAt] = HopLimit;
        Source.WriteBytes(bytes[SourceAt..]);
        Destination.WriteBytes(bytes[DestinationAt..]);
        return LengthBytes;
    }
}
