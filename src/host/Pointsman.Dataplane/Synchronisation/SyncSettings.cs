using Pointsman.Base;

namespace Pointsman.Dataplane.Synchronisation;

/// <summary>Where a synchronisation daemon speaks and hears; the defaults are IPVS's.</summary>
/// <param name="Interface">By name.</param>
public sealed record SyncSettings(string Interface)
{
    private const int HeadersV4Bytes = 28;
    private const int HeadersV6Bytes = 48;
    private const int EthernetMtu = 1500;
    private const int MessageMostBytes = ushort.MaxValue;
    private const int BackupLeastBytes = 1024;

    public static IpAddress UsualGroup { get; } = IpAddress.FromV4Bits(0xe0000051);

    public const ushort UsualPort = 8848;

    /// <summary>A backup with 0 takes what comes under any.</summary>
    public byte SyncId { get; init; }

    /// <summary>Of a message; 0: what the way takes.</summary>
    public int MaxLengthBytes { get; init; }

    public IpAddress Group { get; init; } = UsualGroup;

    public ushort Port { get; init; } = UsualPort;

    public byte TimeToLive { get; init; } = 1;

    /// <summary>With the length that IPVS takes in this role, on an interface with this MTU.</summary>
    public SyncSettings For(SyncRole role, int mtu)
    {
        int headersBytes = Group.IsV4 ? HeadersV4Bytes : HeadersV6Bytes;
        int wayBytes = role == SyncRole.Master ? EthernetMtu : Math.Clamp(mtu, EthernetMtu, MessageMostBytes);
        int leastBytes = role == SyncRole.Master ? 1 : BackupLeastBytes;
        return this with
        {
            MaxLengthBytes = MaxLengthBytes == 0
                ? wayBytes - headersBytes
                : Math.Clamp(MaxLengthBytes, leastBytes, MessageMostBytes - headersBytes),
        };
    }
}
