using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Vrrp.Rivals;

/// <summary>
/// What a packet that was not heard says all the same: each value as far as the bytes are there, none of them checked. Only
/// for telling an operator what differs, never for an election.
/// </summary>
internal readonly ref struct AdvertGlimpse(ReadOnlySpan<byte> bytes, IpFamily family)
{
    private const int VersionAt = 0;
    private const int VirtualRouterIdAt = 1;
    private const int PriorityAt = 2;
    private const int CountAt = 3;
    private const int AuthTypeAt = 4;
    private const int SecondsAt = 5;             // version 2
    private const int CentisecondsAt = 4;        // version 3: the low 12 bits
    private const int ChecksumAt = 6;
    private const int AddressesAt = 8;
    private const int AuthDataLengthBytes = 8;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public bool HasHeader => _bytes.Length >= AddressesAt;

    public int Version => HasHeader ? _bytes[VersionAt] >> 4 : 0;

    public byte VirtualRouterId => HasHeader ? _bytes[VirtualRouterIdAt] : (byte)0;

    public byte Priority => HasHeader ? _bytes[PriorityAt] : (byte)0;

    public byte AuthType => HasHeader ? _bytes[AuthTypeAt] : (byte)0;

    public ushort Checksum => HasHeader ? BinaryPrimitives.ReadUInt16BigEndian(_bytes[ChecksumAt..]) : (ushort)0;

    public TimeSpan Interval => !HasHeader ? TimeSpan.Zero
        : Version == 2 ? TimeSpan.FromSeconds(_bytes[SecondsAt])
        : TimeSpan.FromMilliseconds((BinaryPrimitives.ReadUInt16BigEndian(_bytes[CentisecondsAt..]) & 0x0fff) * 10);

    /// <summary>The whole addresses among those it says it has.</summary>
    public ReadOnlySpan<byte> AddressBytes
    {
        get
        {
            if (!HasHeader)
            {
                return [];
            }

            int present = (_bytes.Length - AddressesAt) / AddressLengthBytes;
            return _bytes.Slice(AddressesAt, Math.Min(_bytes[CountAt], present) * AddressLengthBytes);
        }
    }

    public int AddressCount => AddressBytes.Length / AddressLengthBytes;

    /// <summary>Version 2; empty when it is not there.</summary>
    public ReadOnlySpan<byte> AuthData
    {
        get
        {
            int at = AddressesAt + AddressBytes.Length;
            return HasHeader && _bytes.Length >= at + AuthDataLengthBytes ? _bytes.Slice(at, AuthDataLengthBytes) : [];
        }
    }

    private int AddressLengthBytes => family == IpFamily.V6 ? 16 : 4;

    public IpAddress AddressAt(int index) =>
        IpAddress.FromBytes(AddressBytes.Slice(index * AddressLengthBytes, AddressLengthBytes));
}
