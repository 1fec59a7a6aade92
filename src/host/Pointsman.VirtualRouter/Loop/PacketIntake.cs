using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;
using Pointsman.Vrrp;
using Pointsman.Wire;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>Reads what came in on the interfaces and gives it to the machine; counts what is nobody's.</summary>
internal sealed class PacketIntake
{
    // One turn takes at most this many packets of an interface: a flood must not keep the deadlines waiting.
    private const int PacketsPerTurn = 256;
    private const int MaxPacketBytes = 2048;

    private readonly byte[] _packet = GC.AllocateUninitializedArray<byte>(MaxPacketBytes, pinned: true);
    private readonly List<VrrpAction> _actions;
    private readonly Action<IpAddress, MacAddress> _onClaim;
    private Station _station;

    internal PacketIntake(Station station, List<VrrpAction> actions)
    {
        _station = station;
        _actions = actions;
        _onClaim = OnClaim;
    }

    internal long UnknownRouterIds { get; private set; }

    internal long MalformedPackets { get; private set; }

    internal void MoveTo(Station station) => _station = station;

    /// <summary>Until the sockets are dry.</summary>
    internal void Read()
    {
        foreach (LinkPort port in _station.Links.Ports)
        {
            for (int i = 0; i < port.Sockets.Count; i++)
            {
                Read(port, port.Sockets[i]);
            }
        }

        _station.Neighbours.Read(_onClaim);
    }

    private void Read(LinkPort port, PortSockets sockets)
    {
        try
        {
            for (int i = 0; i < PacketsPerTurn && sockets.Listener is { } listener; i++)
            {
                if (!listener.TryReceive(_packet, out int lengthBytes, out PacketOrigin origin))
                {
                    break;
                }

                OnPacket(port, _packet.AsSpan(0, lengthBytes), origin);
            }
        }
        catch (ErrnoException down) when (down.Errno is Errno.NetworkDown or Errno.NoDevice)
        {
            // Said once by the socket; the kernel tells of the link by netlink as well.
            return;
        }
    }

    private void OnPacket(LinkPort port, ReadOnlySpan<byte> packet, in PacketOrigin origin)
    {
        if (origin.Kind == PacketKind.OtherHost)
        {
            return;      // somebody watches the wire with all packets let in
        }

        // An interface with a virtual MAC address has copies of what the one below hears; only what comes from that address
        // itself is given to it alone.
        if (port.Parent is not null && origin.SourceMac != port.Mac)
        {
            return;
        }

        if (VrrpPacket.TryParse(packet, out VrrpPacket vrrp) != VrrpPacketError.None)
        {
            MalformedPackets++;
            return;
        }

        Instant now = MonotonicClock.NowWithSuspend;
        VrrpRouter router = _station.Router;
        ReceivedAdvert advert = ReceivedAdvert.From(vrrp, origin.SourceMac);
        if (router.TryFindInstance(port.Base.Name, vrrp, out int instance))
        {
            router.OnAdvert(now, instance, advert, _actions);
        }
        else
        {
            UnknownRouterIds++;
            router.OnOtherRouterId(now, port.Base.Name, advert, _actions);
        }

        _station.Runner.Run(_actions);
    }

    private void OnClaim(IpAddress address, MacAddress mac)
    {
        _station.Runner.Directors.OnClaim(address, mac);
        _station.Router.OnClaim(MonotonicClock.NowWithSuspend, address, mac, _actions);
        _station.Runner.Run(_actions);
    }
}
