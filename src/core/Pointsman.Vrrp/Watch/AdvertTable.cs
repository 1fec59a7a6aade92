using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Vrrp.Watch;

/// <summary>
/// Everybody who was heard to speak VRRP, whoever is meant and whatever is wrong with it. Keeps at most
/// <see cref="Capacity"/> senders: one who makes up source addresses must not fill the memory.
/// </summary>
public sealed class AdvertTable
{
    public const int Capacity = 4096;

    private readonly SortedDictionary<(string Interface, int Family, byte Id, IpAddress Source), HeardRouter> _rows = [];

    /// <summary>By interface, family, virtual router and source.</summary>
    public IReadOnlyCollection<HeardRouter> Rows => _rows.Values;

    /// <summary>Packets of senders for whom there was no room.</summary>
    public long Overlooked { get; private set; }

    /// <param name="bytes">From the IP header on.</param>
    public void Hear(Instant now, string interfaceName, MacAddress mac, bool isOwn, ReadOnlySpan<byte> bytes)
    {
        if (VrrpPacket.TryParse(bytes, out VrrpPacket packet) != VrrpPacketError.None)
        {
            return;
        }

        byte id = packet.Message[1];
        (string, int, byte, IpAddress) key = (interfaceName, (int)packet.Path.Family, id, packet.Path.Source);
        bool isKnown = _rows.TryGetValue(key, out HeardRouter? before);
        if (!isKnown && _rows.Count >= Capacity)
        {
            Overlooked++;
            return;
        }

        VrrpParseError error = VrrpAdvert.TryParse(packet.Message, packet.Path, out VrrpAdvert advert);
        _rows[key] = new HeardRouter
        {
            Interface = interfaceName,
            Source = packet.Path.Source,
            VirtualRouterId = id,
            Mac = mac,
            IsOwn = isOwn,
            Destination = packet.Path.Destination,
            TimeToLive = packet.TimeToLive,
            Version = advert.Version,
            Priority = advert.Priority,
            AdvertInterval = advert.AdvertInterval,
            AuthType = advert.AuthType,
            Addresses = AddressesOf(advert),
            Error = error,
            Count = (before?.Count ?? 0) + 1,
            FirstAt = before?.FirstAt ?? now,
            LastAt = now,
        };
    }

    /// <summary>How many speak for the virtual router of this sender, on its interface and over its family, now.</summary>
    public int MastersBeside(HeardRouter row, Instant now) => _rows.Values.Count(other =>
        other.Interface == row.Interface && other.VirtualRouterId == row.VirtualRouterId
        && other.Source.Family == row.Source.Family && other.SpeaksAt(now));

    private static ImmutableArray<IpAddress> AddressesOf(in VrrpAdvert advert)
    {
        ImmutableArray<IpAddress>.Builder addresses = ImmutableArray.CreateBuilder<IpAddress>();
        int lengthBytes = VrrpAdvert.AddressLengthBytes(advert.Family);
        for (int at = 0; at < advert.AddressBytes.Length; at += lengthBytes)
        {
            addresses.Add(IpAddress.FromBytes(advert.AddressBytes.Slice(at, lengthBytes)));
        }

        return addresses.DrainToImmutable();
    }
}
