using System.Buffers.Binary;
using System.Text;
using Pointsman.Base;

namespace Pointsman.Wire;

/// <summary>
/// A VRRP version 2 advertisement as it follows the IPv4 header. It borrows the bytes it was read from and copies nothing.
/// </summary>
public readonly ref struct VrrpAdvert
{
    /* RFC 3768 §5.1
        0                   1                   2                   3
        0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
       |Version| Type  | Virtual Rtr ID|   Priority    | Count IP Addrs|
       |   Auth Type   |   Adver Int   |          Checksum             |
       |                     IP Address (1) ... (n)                    |
       |                     Authentication Data (1)                   |
       |                     Authentication Data (2)                   |  */
    private const int VersionTypeAt = 0;
    private const int VirtualRouterIdAt = 1;
    private const int PriorityAt = 2;
    private const int AddressCountAt = 3;
    private const int AuthTypeAt = 4;
    private const int AdvertIntervalAt = 5;      // whole seconds
    private const int ChecksumAt = 6;
    private const int AddressesAt = 8;

    private const byte Version2 = 2;
    private const byte TypeAdvertisement = 1;

    /// <summary>Bytes of authentication data; always present in version 2.</summary>
    public const int AuthDataLengthBytes = 8;

    public const int MaxAddressCount = 255;

    public const int MaxLengthBytes = AddressesAt + (MaxAddressCount * AddressLengthBytes) + AuthDataLengthBytes;

    public const byte IpProtocol = 112;

    private const int AddressLengthBytes = 4;

    // 46 bytes of Ethernet payload at least, less the IPv4 header: shorter adverts may arrive with padding behind them.
    private const int ShortestFramePayloadBytes = 46 - Ipv4Header.LengthBytes;

    /// <summary>Where adverts are sent: RFC 3768 §5.2.2.</summary>
    public static IpAddress MulticastGroup { get; } = IpAddress.FromV4Bits(0xe000_0012);

    public byte VirtualRouterId { get; init; }

    /// <summary>0 says the master is leaving.</summary>
    public byte Priority { get; init; }

    public byte AdvertIntervalSeconds { get; init; }

    public VrrpAuthType AuthType { get; init; }

    /// <summary>The virtual addresses, four bytes each in network order.</summary>
    public ReadOnlySpan<byte> AddressBytes { get; init; }

    /// <summary>Eight bytes, or empty for all zero.</summary>
    public ReadOnlySpan<byte> AuthData { get; init; }

    public int AddressCount => AddressBytes.Length / AddressLengthBytes;

    public int LengthBytes => AddressesAt + AddressBytes.Length + AuthDataLengthBytes;

    /// <summary>
    /// Reads an advert and checks all that the bytes alone can tell. Whether it is meant for us, authentic and of our
    /// interval is for the receiver to say.
    /// </summary>
    public static VrrpParseError TryParse(ReadOnlySpan<byte> bytes, out VrrpAdvert advert)
    {
        advert = default;
        if (bytes.Length < AddressesAt)
        {
            return VrrpParseError.TooShort;
        }

        if (bytes[VersionTypeAt] >> 4 != Version2)
        {
            return VrrpParseError.Version;
        }

        if ((bytes[VersionTypeAt] & 0x0f) != TypeAdvertisement)
        {
            return VrrpParseError.Type;
        }

        int addressesLengthBytes = bytes[AddressCountAt] * AddressLengthBytes;
        int lengthBytes = AddressesAt + addressesLengthBytes + AuthDataLengthBytes;
        bool isPadded = bytes.Length > lengthBytes && bytes.Length <= ShortestFramePayloadBytes;
        if (bytes.Length != lengthBytes && !isPadded)
        {
            return VrrpParseError.Length;
        }

        if (bytes[AuthTypeAt] > (byte)VrrpAuthType.AuthenticationHeader)
        {
            return VrrpParseError.AuthType;
        }

        // RFC 3768 §5.3.8: over the VRRP message alone, without a pseudo header.
        if (InternetChecksum.Compute(bytes[..lengthBytes]) != 0)
        {
            return VrrpParseError.Checksum;
        }

        advert = new VrrpAdvert
        {
            VirtualRouterId = bytes[VirtualRouterIdAt],
            Priority = bytes[PriorityAt],
            AuthType = (VrrpAuthType)bytes[AuthTypeAt],
            AdvertIntervalSeconds = bytes[AdvertIntervalAt],
            AddressBytes = bytes.Slice(AddressesAt, addressesLengthBytes),
            AuthData = bytes.Slice(AddressesAt + addressesLengthBytes, AuthDataLengthBytes),
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

    public IpAddress AddressAt(int index) =>
        IpAddress.FromBytes(AddressBytes.Slice(index * AddressLengthBytes, AddressLengthBytes));

    /// <summary>Writes the advert with its checksum; returns the number of bytes.</summary>
    public int Write(Span<byte> target)
    {
        Invariant.That(AddressBytes.Length % AddressLengthBytes == 0, "addresses have four bytes each");
        Invariant.That(AddressCount <= MaxAddressCount, "an advert carries at most 255 addresses");
        Invariant.That(AuthData.Length is 0 or AuthDataLengthBytes, "authentication data has eight bytes or none");
        Span<byte> bytes = target[..LengthBytes];

        bytes[VersionTypeAt] = (Version2 << 4) | TypeAdvertisement;
        bytes[VirtualRouterIdAt] = VirtualRouterId;
        bytes[PriorityAt] = Priority;
        bytes[AddressCountAt] = (byte)AddressCount;
        bytes[AuthTypeAt] = (byte)AuthType;
        bytes[AdvertIntervalAt] = AdvertIntervalSeconds;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumAt..], 0);
        AddressBytes.CopyTo(bytes[AddressesAt..]);
        Span<byte> authData = bytes[(AddressesAt + AddressBytes.Length)..];
        authData.Clear();
        AuthData.CopyTo(authData);

        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumAt..], InternetChecksum.Compute(bytes));
        return bytes.Length;
    }
}
