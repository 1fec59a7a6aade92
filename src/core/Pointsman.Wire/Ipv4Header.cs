using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Wire;

/// <summary>An IPv4 header. Options are skipped when read and never written.</summary>
public readonly record struct Ipv4Header
{
    /* RFC 791 §3.1
        0                   1                   2                   3
        0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
       |Version|  IHL  |Type of Service|          Total Length         |
       |         Identification        |Flags|      Fragment Offset    |
       |  Time to Live |    Protocol   |         Header Checksum       |
       |                       Source Address                          |
       |                    Destination Address                        |  */
    private const int VersionLengthAt = 0;
    private const int TypeOfServiceAt = 1;
    private const int TotalLengthAt = 2;
    private const int IdentificationAt = 4;
    private const int FragmentAt = 6;
    private const int TimeToLiveAt = 8;
    private const int ProtocolAt = 9;
    private const int ChecksumAt = 10;
    private const int SourceAt = 12;
    private const int DestinationAt = 16;

    private const ushort FragmentMask = 0x3fff;  // more-fragments flag and offset; don't-fragment is nobody's fault

    /// <summary>The header without options.</summary>
    public const int LengthBytes = 20;

    /// <summary>Internetwork control, the class routing protocols are sent in (RFC 791 §3.1).</summary>
    public const byte InternetworkControl = 0xc0;

    /// <summary>As read, with options; ignored when written.</summary>
    public int HeaderLengthBytes { get; init; }

    public byte TypeOfService { get; init; }

    /// <summary>Header and payload.</summary>
    public int TotalLengthBytes { get; init; }

    public ushort Identification { get; init; }

    public byte TimeToLive { get; init; }

    public byte Protocol { get; init; }

    public IpAddress Source { get; init; }

    public IpAddress Destination { get; init; }

    public static Ipv4ParseError TryParse(ReadOnlySpan<byte> bytes, out Ipv4Header header)
    {
        header = default;
        if (bytes.Length < LengthBytes)
        {
            return Ipv4ParseError.TooShort;
        }

        if (bytes[VersionLengthAt] >> 4 != 4)
        {
            return Ipv4ParseError.Version;
        }

        int headerLengthBytes = (bytes[VersionLengthAt] & 0x0f) * 4;
        if (headerLengthBytes < LengthBytes || headerLengthBytes > bytes.Length)
        {
            return Ipv4ParseError.HeaderLength;
        }

        int totalLengthBytes = BinaryPrimitives.ReadUInt16BigEndian(bytes[TotalLengthAt..]);
        if (totalLengthBytes < headerLengthBytes || totalLengthBytes > bytes.Length)
        {
            return Ipv4ParseError.TotalLength;
        }

        if (InternetChecksum.Compute(bytes[..headerLengthBytes]) != 0)
        {
            return Ipv4ParseError.Checksum;
        }

        if ((BinaryPrimitives.ReadUInt16BigEndian(bytes[FragmentAt..]) & FragmentMask) != 0)
        {
            return Ipv4ParseError.Fragment;
        }

        header = new Ipv4Header
        {
            HeaderLengthBytes = headerLengthBytes,
            TypeOfService = bytes[TypeOfServiceAt],
            TotalLengthBytes = totalLengthBytes,
            Identification = BinaryPrimitives.ReadUInt16BigEndian(bytes[IdentificationAt..]),
            TimeToLive = bytes[TimeToLiveAt],
            Protocol = bytes[ProtocolAt],
            Source = IpAddress.FromBytes(bytes.Slice(SourceAt, 4)),
            Destination = IpAddress.FromBytes(bytes.Slice(DestinationAt, 4)),
        };
        return Ipv4ParseError.None;
    }

    /// <summary>Writes the header with its checksum and without options; returns the number of bytes.</summary>
    public int Write(Span<byte> target)
    {
        Invariant.That(TotalLengthBytes is >= LengthBytes and <= ushort.MaxValue, "an IPv4 packet has 20 to 65535 bytes");
        Span<byte> bytes = target[..LengthBytes];

        bytes[VersionLengthAt] = (4 << 4) | (LengthBytes / 4);
        bytes[TypeOfServiceAt] = TypeOfService;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[TotalLengthAt..], (ushort)TotalLengthBytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[IdentificationAt..], Identification);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[FragmentAt..], 0);
        bytes[TimeToLiveAt] = TimeToLive;
        bytes[ProtocolAt] = Protocol;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumAt..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[SourceAt..], Source.V4Bits);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[DestinationAt..], Destination.V4Bits);

        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumAt..], InternetChecksum.Compute(bytes));
        return LengthBytes;
    }
}
