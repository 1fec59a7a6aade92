using System.Buffers.Binary;
using System.Text;
using Pointsman.Base;

namespace Pointsman.Wire;

/// <summary>
/// A VRRP advertisement, version 2 or 3, as it follows the IP header. It borrows the bytes it was read from and copies
/// nothing.
/// </summary>
public readonly ref struct VrrpAdvert
{
    /* Version 2, RFC 3768 §5.1                                   Version 3, RFC 9568 §5.1: the second word, and no third part
        0                   1                   2                   3
        0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
       |Version| Type  | Virtual Rtr ID|   Priority    | Count IP Addrs|
       |   Auth Type   |   Adver Int   |          Checksum             |   |Reserve| Max Advertise Interval|          Checksum             |
       |                     IP Address (1) ... (n)                    |
       |                     Authentication Data (1)                   |
       |                     Authentication Data (2)                   |  */
    private const int VersionTypeAt = 0;
    private const int VirtualRouterIdAt = 1;
    private const int PriorityAt = 2;
    private const int AddressCountAt = 3;
    private const int AuthTypeAt = 4;
    private const int SecondsAt = 5;             // version 2: whole seconds
    private const int CentisecondsAt = 4;        // version 3: the low 12 bits
    private const int ChecksumAt = 6;
    private const int AddressesAt = 8;

    private const byte TypeAdvertisement = 1;
    private const ushort CentisecondsMask = 0x0fff;

    /// <summary>Bytes of authentication data; always present in version 2.</summary>
    public const int AuthDataLengthBytes = 8;

    /// <summary>What the count field can say. Over IPv6 fewer fit into a packet of the link's size.</summary>
    public const int MaxAddressCount = 255;

    /// <summary>With as many IPv6 addresses as the count field can say, more than any link carries.</summary>
    public const int MaxLengthBytes = AddressesAt + (MaxAddressCount * 16) + AuthDataLengthBytes;

    public const byte IpProtocol = 112;

    // 46 bytes of Ethernet payload at least, less the IPv4 header: shorter adverts may arrive with padding behind them.
    private const int ShortestFramePayloadBytes = 46 - Ipv4Header.LengthBytes;

    private static readonly IpAddress s_groupV4 = IpAddress.FromV4Bits(0xe000_0012);
    private static readonly IpAddress s_groupV6 = IpAddress.FromV6Bits(((UInt128)0xff02 << 112) | 0x12);

    /// <summary>2 or 3.</summary>
    public byte Version { get; init; }

    /// <summary>The family of the addresses, which is that of the packet. Version 2 knows IPv4 only.</summary>
    public IpFamily Family { get; init; }

    public byte VirtualRouterId { get; init; }

    /// <summary>0 says the master is leaving.</summary>
    public byte Priority { get; init; }

    /// <summary>Version 2: whole seconds up to 255. Version 3: hundredths up to 40.95 s.</summary>
    public TimeSpan AdvertInterval { get; init; }

    /// <summary>Version 2 only.</summary>
    public VrrpAuthType AuthType { get; init; }

    public VrrpChecksumForm ChecksumForm { get; init; }

    /// <summary>The virtual addresses, four or sixteen bytes each in network order.</summary>
    public ReadOnlySpan<byte> AddressBytes { get; init; }

    /// <summary>Version 2: eight bytes, or empty for all zero.</summary>
    public ReadOnlySpan<byte> AuthData { get; init; }

    public int AddressCount => AddressBytes.Length / AddressLengthBytes(Family);

    public int LengthBytes => LengthOf(Version, AddressBytes.Length);

    /// <summary>Where adverts are sent: RFC 9568 §5.1.1.2 and §5.1.2.2.</summary>
    public static IpAddress MulticastGroup(IpFamily family) => family == IpFamily.V4 ? s_groupV4 : s_groupV6;

    public static int AddressLengthBytes(IpFamily family) => family == IpFamily.V4 ? 4 : 16;

    /// <summary>
    /// Reads an advert and checks all that the bytes alone can tell. Whether it is meant for us, authentic and of our
    /// version and interval is for the receiver to say.
    /// </summary>
    public static VrrpParseError TryParse(ReadOnlySpan<byte> bytes, scoped in PacketPath path, out VrrpAdvert advert)
    {
        advert = default;
        if (bytes.Length < AddressesAt)
        {
            return VrrpParseError.TooShort;
        }

        byte version = (byte)(bytes[VersionTypeAt] >> 4);
        if (version is not (2 or 3) || (version == 2 && path.Family == IpFamily.V6))
        {
            return VrrpParseError.Version;
        }

        if ((bytes[VersionTypeAt] & 0x0f) != TypeAdvertisement)
        {
            return VrrpParseError.Type;
        }

        int addressesLengthBytes = bytes[AddressCountAt] * AddressLengthBytes(path.Family);
        int lengthBytes = LengthOf(version, addressesLengthBytes);
        if (bytes.Length != lengthBytes && !IsPadded(bytes.Length, lengthBytes, path.Family))
        {
            return VrrpParseError.Length;
        }

        if (version == 3 && addressesLengthBytes == 0)
        {
            return VrrpParseError.NoAddress;
        }

        if (version == 2 && bytes[AuthTypeAt] > (byte)VrrpAuthType.AuthenticationHeader)
        {
            return VrrpParseError.AuthType;
        }

        if (!VrrpChecksum.TryFindForm(bytes[..lengthBytes], version, path, out VrrpChecksumForm form))
        {
            return VrrpParseError.Checksum;
        }

        advert = new VrrpAdvert
        {
            Version = version,
            Family = path.Family,
            VirtualRouterId = bytes[VirtualRouterIdAt],
            Priority = bytes[PriorityAt],
            AuthType = version == 2 ? (VrrpAuthType)bytes[AuthTypeAt] : VrrpAuthType.None,
            AdvertInterval = ReadInterval(bytes, version),
            ChecksumForm = form,
            AddressBytes = bytes.Slice(AddressesAt, addressesLengthBytes),
            AuthData = version == 2 ? bytes.Slice(AddressesAt + addressesLengthBytes, AuthDataLengthBytes) : [],
        };
        return VrrpParseError.None;
    }

    /// <summary>
    /// The virtual router a packet is for, before anything else is checked: all a socket shared by several instances
    /// needs to find the right one. False when there is no such byte.
    /// </summary>
    public static bool TryPeekVirtualRouterId(ReadOnlySpan<byte> bytes, out byte virtualRouterId)
    {
        virtualRouterId = bytes.Length > VirtualRouterIdAt ? bytes[VirtualRouterIdAt] : (byte)0;
        return bytes.Length > VirtualRouterIdAt;
    }

    /// <summary>
    /// The authentication data of a password: its first eight bytes in UTF-8, padded with zero. keepalived cuts longer
    /// passwords the same way.
    /// </summary>
    public static byte[] EncodePassword(string password)
    {
        var data = new byte[AuthDataLengthBytes];
        byte[] bytes = Encoding.UTF8.GetBytes(password);
        bytes.AsSpan(0, Math.Min(bytes.Length, AuthDataLengthBytes)).CopyTo(data);
        return data;
    }

    public IpAddress AddressAt(int index)
    {
        int lengthBytes = AddressLengthBytes(Family);
        return IpAddress.FromBytes(AddressBytes.Slice(index * lengthBytes, lengthBytes));
    }

    /// <summary>Writes the advert with its checksum; returns the number of bytes.</summary>
    public int Write(in PacketPath path, Span<byte> target)
    {
        Invariant.That(Version == 3 || (Version == 2 && Family == IpFamily.V4), "version 2 or 3 over IPv4, or version 3 over IPv6");
        Invariant.That(AddressBytes.Length % AddressLengthBytes(Family) == 0, "addresses are whole");
        Invariant.That(AddressCount <= MaxAddressCount, "an advert carries at most 255 addresses");
        Invariant.That(AuthData.Length is 0 or AuthDataLengthBytes, "authentication data has eight bytes or none");
        Span<byte> bytes = target[..LengthBytes];

        bytes[VersionTypeAt] = (byte)((Version << 4) | TypeAdvertisement);
        bytes[VirtualRouterIdAt] = VirtualRouterId;
        bytes[PriorityAt] = Priority;
        bytes[AddressCountAt] = (byte)AddressCount;
        WriteSecondWord(bytes);
        AddressBytes.CopyTo(bytes[AddressesAt..]);
        if (Version == 2)
        {
            Span<byte> authData = bytes[(AddressesAt + AddressBytes.Length)..];
            authData.Clear();
            AuthData.CopyTo(authData);
        }

        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumAt..], VrrpChecksum.Compute(bytes, path, ChecksumForm));
        return bytes.Length;
    }

    private static int LengthOf(byte version, int addressesLengthBytes) =>
        AddressesAt + addressesLengthBytes + (version == 2 ? AuthDataLengthBytes : 0);

    private static bool IsPadded(int receivedBytes, int lengthBytes, IpFamily family) =>
        family == IpFamily.V4 && receivedBytes > lengthBytes && receivedBytes <= ShortestFramePayloadBytes;

    private static TimeSpan ReadInterval(ReadOnlySpan<byte> bytes, byte version) => version == 2
        ? TimeSpan.FromSeconds(bytes[SecondsAt])
        : (BinaryPrimitives.ReadUInt16BigEndian(bytes[CentisecondsAt..]) & CentisecondsMask) * TimeSpan.FromMilliseconds(10);

    // The checksum field stays zero until the sum is known; so do the reserved bits (RFC 9568 §5.2.6).
    private void WriteSecondWord(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes[AuthTypeAt..], 0);
        if (Version == 2)
        {
            bytes[AuthTypeAt] = (byte)AuthType;
            bytes[SecondsAt] = (byte)AdvertInterval.TotalSeconds;
        }
        else
        {
            var centiseconds = (ushort)(AdvertInterval / TimeSpan.FromMilliseconds(10));
            BinaryPrimitives.WriteUInt16BigEndian(bytes[CentisecondsAt..], (ushort)(centiseconds & CentisecondsMask));
        }
    }
}
