using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Wire;

namespace Pointsman.Probes.Road;

/// <summary>Hears on one interface who says that an address is his: by ARP, or as an IPv6 neighbour.</summary>
internal sealed class SilenceEar : IDisposable
{
    private const uint V6Bit = 0x8000_0000;

    private readonly ArpListener? _arp;
    private readonly NeighbourListener? _neighbours;

    /// <exception cref="ErrnoException">There is no such interface, or this process may not listen.</exception>
    internal SilenceEar(int interfaceIndex, bool isV4)
    {
        if (isV4)
        {
            _arp = new ArpListener(interfaceIndex, []);
        }
        else
        {
            _neighbours = new NeighbourListener(interfaceIndex, []);
        }
    }

    internal FileDescriptor Descriptor => _arp?.Descriptor ?? _neighbours!.Descriptor;

    /// <summary>Tells ears apart; never zero.</summary>
    internal static uint TokenOf(int interfaceIndex, bool isV4) => (uint)interfaceIndex | (isV4 ? 0 : V6Bit);

    internal bool TryReceive(Span<byte> frame, out int lengthBytes) =>
        _arp is not null ? _arp.TryReceive(frame, out lengthBytes) : _neighbours!.TryReceive(frame, out lengthBytes);

    internal bool TryParse(ReadOnlySpan<byte> frame, out (IpAddress Address, MacAddress Mac) owner)
    {
        owner = default;
        if (_arp is not null)
        {
            bool isArp = ArpPacket.TryParse(frame, out ArpPacket packet) == ArpParseError.None;
            owner = (packet.SenderAddress, packet.SenderMac);
            return isArp;
        }

        bool isAdvertisement = NeighbourAdvertisement.TryParse(frame, out NeighbourAdvertisement advertisement) == NeighbourParseError.None;
        owner = (advertisement.Target, advertisement.Owner);
        return isAdvertisement;
    }

    public void Dispose()
    {
        _arp?.Dispose();
        _neighbours?.Dispose();
    }
}
