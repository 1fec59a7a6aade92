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

    private byte[] _overheard = [];

    public int Number => -1 - segment;

    public MacAddress Mac { get; } = new(0x0666_0000_0000UL);

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
                cluster.Segments[segment].Send(this, new Frame.Advert(Mac, bytes));
            }
        }
    }

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
        return Write(advert.VirtualRouterId, advert.Priority, interval, advert.AddressAt(0), "1111", timeToLive: 255);
    }

    // Well formed, and wrong in what the configuration says.
    private byte[] Forge()
    {
        int what = cluster.Random.NextInt(4);
        return Write(
            (byte)(51 + segment + (what == 0 ? 7 : 0)),
            (byte)cluster.Random.NextInt(256),
            cluster.Site.AdvertInterval + TimeSpan.FromSeconds(what == 1 ? 1 : 0),
            SiteSettings.VipOf(segment),
            what == 2 ? "2222" : "1111",
            (byte)(what == 3 ? 254 : 255));
    }

    private static byte[] Write(byte id, byte priority, TimeSpan interval, IpAddress address, string password, byte timeToLive)
    {
        var advert = new VrrpAdvert
        {
            Version = 2,
            Family = IpFamily.V4,
            VirtualRouterId = id,
            Priority = priority,
            AdvertInterval = interval,
            AuthType = VrrpAuthType.SimplePassword,
            AddressBytes = address.ToBytes(),
            AuthData = VrrpAdvert.EncodePassword(password),
        };
        var path = new PacketPath(Address, VrrpAdvert.MulticastGroup(IpFamily.V4));
        var packet = new byte[Ipv4Header.LengthBytes + advert.LengthBytes];
        advert.Write(path, packet.AsSpan(Ipv4Header.LengthBytes));
        var header = new Ipv4Header
        {
            TotalLengthBytes = packet.Length,
            TimeToLive = timeToLive,
            Protocol = VrrpAdvert.IpProtocol,
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
        if (bytes.Length > Ipv4Header.LengthBytes)
        {
            bytes[Ipv4Header.LengthBytes + cluster.Random.NextInt(bytes.Length - Ipv4Header.LengthBytes)] ^= (byte)(1 << cluster.Random.NextInt(8));
        }

        return bytes;
    }
}
