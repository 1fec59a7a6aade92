using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;
using Pointsman.Wire;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// Who else says, by ARP or by neighbour advertisement, that a virtual address is his, on each interface that carries some or
/// hears adverts. Owned by the real-time thread; hearing allocates nothing.
/// </summary>
internal sealed class NeighbourEar(LinkTable links, EventPoll poll, uint token) : IDisposable
{
    // A storm must not keep adverts waiting.
    private const int PacketsPerTurn = 64;

    private readonly Dictionary<LinkPort, ArpListener> _overV4 = [];
    private readonly Dictionary<LinkPort, NeighbourListener> _overV6 = [];
    private readonly HashSet<MacAddress> _ownMacs = [];
    private readonly byte[] _frame = GC.AllocateUninitializedArray<byte>(256, pinned: true);

    /// <summary>
    /// This host's cards answer for each other's addresses: none of them is a stranger. A virtual MAC address is no card's:
    /// what comes in from it is another's, for what this host sends from it does not come back.
    /// </summary>
    internal void LearnOwn(MacAddress? mac)
    {
        if (mac is { } own && !links.IsVirtual(own))
        {
            _ownMacs.Add(own);
        }
    }

    /// <summary>The interface has come, or is another one now.</summary>
    internal void Open(LinkPort port)
    {
        Close(port);
        if (port.Index == 0 || port.Mac is null)
        {
            return;
        }

        List<IpAddress> addresses = [.. links.AddressesOn(port)];
        var overV4 = new ArpListener(port.Index, [.. addresses.Where(address => address.IsV4)]);
        _overV4.Add(port, overV4);
        poll.Add(overV4.Descriptor, token);
        if (addresses.Exists(address => !address.IsV4) || port.FindSockets(IpFamily.V6) is not null)
        {
            var overV6 = new NeighbourListener(port.Index, [.. addresses.Where(address => !address.IsV4)]);
            _overV6.Add(port, overV6);
            poll.Add(overV6.Descriptor, token);
        }
    }

    internal void Close(LinkPort port)
    {
        if (_overV4.Remove(port, out ArpListener? overV4))
        {
            poll.Remove(overV4.Descriptor);
            overV4.Dispose();
        }

        if (_overV6.Remove(port, out NeighbourListener? overV6))
        {
            poll.Remove(overV6.Descriptor);
            overV6.Dispose();
        }
    }

    /// <summary>Takes the claims of strangers that are waiting.</summary>
    internal void Read(Action<IpAddress, MacAddress> onClaim)
    {
        foreach (ArpListener listener in _overV4.Values)
        {
            Read(listener, onClaim);
        }

        foreach (NeighbourListener listener in _overV6.Values)
        {
            Read(listener, onClaim);
        }
    }

    public void Dispose()
    {
        foreach (ArpListener listener in _overV4.Values)
        {
            listener.Dispose();
        }

        foreach (NeighbourListener listener in _overV6.Values)
        {
            listener.Dispose();
        }
    }

    private void Read(ArpListener listener, Action<IpAddress, MacAddress> onClaim)
    {
        try
        {
            for (int i = 0; i < PacketsPerTurn && listener.TryReceive(_frame, out int lengthBytes); i++)
            {
                if (ArpPacket.TryParse(_frame.AsSpan(0, lengthBytes), out ArpPacket packet) == ArpParseError.None
                    && !_ownMacs.Contains(packet.SenderMac))
                {
                    onClaim(packet.SenderAddress, packet.SenderMac);
                }
            }
        }
        catch (ErrnoException down) when (down.Errno is Errno.NetworkDown or Errno.NoDevice)
        {
            // Said once by the socket; the kernel tells of the link by netlink as well.
            return;
        }
    }

    private void Read(NeighbourListener listener, Action<IpAddress, MacAddress> onClaim)
    {
        try
        {
            for (int i = 0; i < PacketsPerTurn && listener.TryReceive(_frame, out int lengthBytes); i++)
            {
                if (NeighbourAdvertisement.TryParse(_frame.AsSpan(0, lengthBytes), out NeighbourAdvertisement said)
                    == NeighbourParseError.None && !_ownMacs.Contains(said.Owner))
                {
                    onClaim(said.Target, said.Owner);
                }
            }
        }
        catch (ErrnoException down) when (down.Errno is Errno.NetworkDown or Errno.NoDevice)
        {
            // As above.
            return;
        }
    }
}
