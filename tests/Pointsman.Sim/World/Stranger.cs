using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Sim.World;

/// <summary>
/// A machine on a segment that wishes nobody well and knows no password: damaged bytes, adverts of other passwords, versions,
/// ids and distances, and adverts it heard with something changed. What only a password could tell apart it does not have.
/// </summary>
internal sealed class Stranger(Cluster cluster, int segment) : ISegmentPort
{
    public static readonly IpAddress Address = IpAddress.Parse("10.0.0.66");
    public static readonly IpAddress LinkLocal = IpAddress.Parse("fe80::66");

    private static readonly TimeSpan s_persistence = TimeSpan.FromSeconds(10);

    private byte[] _overheard = [];
    private int _life;

    public int Number => -1 - segment;

    public MacAddress Mac { get; } = new(0x0666_0000_0000UL);

    public long PacketsSent { get; private set; }

    public bool HasCarrier => true;

    public bool IsThere => true;

    public void Receive(Frame frame)
    {
        if (frame is Frame.Advert advert)
        {
            _overheard = advert.Packet;
        }
    }

    /// <summary>Sends some packets that must change nothing.</summary>
    public void Trouble()
    {
        int count = 1 + cluster.Random.NextInt(20);
        cluster.Log.Write("stranger", $"sends {count} packets on {cluster.Segments[segment].Name}");
        for (int i = 0; i < count; i++)
        {
            byte[] bytes = cluster.Random.OneIn(2) ? Forge() : Spoil();
            if (bytes.Length > 0)
            {
                PacketsSent++;
                cluster.Segments[segment].Send(this, new Frame.Advert(Mac, MacAddress.Broadcast, bytes));
            }
        }
    }

    /// <summary>Sends one and the same forged packet again and again, until it is told to end.</summary>
    public void Persist()
    {
        byte[] bytes = Forge();
        int life = ++_life;
        cluster.Log.Write("stranger", "does not leave off");
        void Again()
        {
            if (life == _life)
            {
                PacketsSent++;
                cluster.Segments[segment].Send(this, new Frame.Advert(Mac, MacAddress.Broadcast, bytes));
                cluster.Clock.After(s_persistence, Again);
            }
        }

        Again();
    }

    public void End() => _life++;

    /// <summary>What a node hears that does not look at passwords, distances and intervals.</summary>
    public static byte[] AsItWouldBeBelieved(byte[] packet, TimeSpan interval)
    {
        bool isForged = VrrpPacket.TryParse(packet, out VrrpPacket heard) == VrrpPacketError.None && heard.Path.Source == Address
            && VrrpAdvert.TryParse(heard.Message, heard.Path, out _) == VrrpParseError.None;
        if (!isForged)
        {
            return packet;
        }

        VrrpAdvert.TryParse(heard.Message, heard.Path, out VrrpAdvert advert);
        var believed = new Forgery(2, advert.VirtualRouterId, advert.Priority, interval, advert.AddressAt(0));
        return Write(believed);
    }

    // Well formed, and wrong in what the configuration says.
    private byte[] Forge()
    {
        int what = cluster.Random.NextInt(4);
        byte version = cluster.Site.VersionOf(segment);
        var forgery = new Forgery(
            version,
            (byte)(51 + segment),
            (byte)cluster.Random.NextInt(256),
            cluster.Site.AdvertInterval,
            cluster.Site.VipOf(segment));
        return Write(what switch
        {
            0 => forgery with { Id = (byte)(forgery.Id + 7) },
            1 when version == 2 => forgery with { Interval = forgery.Interval + TimeSpan.FromSeconds(1) },
            2 when version == 2 => forgery with { Password = "3333" },

            // Version 3 has no password: what tells a stranger is what no router may forward.
            1 or 2 when forgery.Address.IsV4 => forgery with { Version = 2, Interval = TimeSpan.FromSeconds(1) },
            _ => forgery with { TimeToLive = 254 },
        });
    }

    private static byte[] Write(Forgery forgery)
    {
        bool isVersion2 = forgery.Version == 2;
        var advert = new VrrpAdvert
        {
            Version = forgery.Version,
            Family = forgery.Address.Family,
            VirtualRouterId = forgery.Id,
            Priority = forgery.Priority,
            AdvertInterval = forgery.Interval,
            AuthType = isVersion2 ? VrrpAuthType.SimplePassword : VrrpAuthType.None,
            AddressBytes = forgery.Address.ToBytes(),
            AuthData = isVersion2 ? VrrpAdvert.EncodePassword(forgery.Password) : [],
        };
        var path = new PacketPath(forgery.Address.IsV4 ? Address : LinkLocal, VrrpAdvert.MulticastGroup(forgery.Address.Family));
        if (!forgery.Address.IsV4)
        {
            return WriteV6(path, advert, forgery.TimeToLive);
        }

        var packet = new byte[Ipv4Header.LengthBytes + advert.LengthBytes];
        advert.Write(path, packet.AsSpan(Ipv4Header.LengthBytes));
        var header = new Ipv4Header
        {
            TotalLengthBytes = packet.Length,
            TimeToLive = forgery.TimeToLive,
            Protocol = VrrpAdvert.IpProtocol,
            Source = path.Source,
            Destination = path.Destination,
        };
        header.Write(packet);
        return packet;
    }

    private static byte[] WriteV6(PacketPath path, in VrrpAdvert advert, byte hopLimit)
    {
        var packet = new byte[Ipv6Header.LengthBytes + advert.LengthBytes];
        advert.Write(path, packet.AsSpan(Ipv6Header.LengthBytes));
        var header = new Ipv6Header
        {
            PayloadLengthBytes = advert.LengthBytes,
            NextHeader = VrrpAdvert.IpProtocol,
            HopLimit = hopLimit,
            Source = path.Source,
            Destination = path.Destination,
        };
        header.Write(packet);
        return packet;
    }

    // One bit of what a director said: the checksum tells.
    private byte[] Spoil()
    {
        byte[] bytes = [.. _overheard];
        int headerBytes = cluster.Site.IsIpv6(segment) ? Ipv6Header.LengthBytes : Ipv4Header.LengthBytes;
        if (bytes.Length > headerBytes)
        {
            bytes[headerBytes + cluster.Random.NextInt(bytes.Length - headerBytes)] ^= (byte)(1 << cluster.Random.NextInt(8));
        }

        return bytes;
    }

    private sealed record Forgery(byte Version, byte Id, byte Priority, TimeSpan Interval, IpAddress Address)
    {
        internal string Password { get; init; } = SiteSettings.UsualPassword;

        internal byte TimeToLive { get; init; } = 255;
    }
}
