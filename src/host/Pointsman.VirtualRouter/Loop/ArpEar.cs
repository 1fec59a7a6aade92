using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;
using Pointsman.Wire;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// Who else says by ARP that a virtual address is his, on each interface that carries some or hears adverts. Owned by the
/// real-time thread; hearing allocates nothing.
/// </summary>
internal sealed class ArpEar(LinkTable links, EventPoll poll, uint token) : IDisposable
{
    // A storm of ARP must not keep adverts waiting.
    private const int PacketsPerTurn = 64;

    private readonly Dictionary<LinkPort, ArpListener> _listeners = [];
    private readonly HashSet<MacAddress> _ownMacs = [];
    private readonly byte[] _frame = GC.AllocateUninitializedArray<byte>(128, pinned: true);

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

        var listener = new ArpListener(port.Index, [.. links.AddressesOn(port).Where(address => address.IsV4)]);
        _listeners.Add(port, listener);
        poll.Add(listener.Descriptor, token);
    }

    internal void Close(LinkPort port)
    {
        if (_listeners.Remove(port, out ArpListener? former))
        {
            poll.Remove(former.Descriptor);
            former.Dispose();
        }
    }

    /// <summary>Takes the next claim of a stranger that is waiting.</summary>
    internal void Read(Action<IpAddress, MacAddress> onClaim)
    {
        foreach (ArpListener listener in _listeners.Values)
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
                continue;
            }
        }
    }

    public void Dispose()
    {
        foreach (ArpListener listener in _listeners.Values)
        {
            listener.Dispose();
        }
    }
}
