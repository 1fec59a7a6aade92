using Pointsman.Base;
using Pointsman.Linux.Network;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>What one interface hears and says in one family; closed while there is no such interface.</summary>
/// <param name="usesStack">
/// The host's stack sends, joins the groups and tells switches so. Not on an interface with a virtual MAC address: its
/// reports would tell switches that the address is here, on the backup as well, and it may have no address to send from.
/// </param>
internal sealed class PortSockets(IpFamily family, bool usesStack) : IDisposable
{
    private readonly HashSet<IpAddress> _groups = [];

    internal IpFamily Family => family;

    private bool UsesStack => usesStack;

    internal VrrpListener? Listener { get; private set; }

    /// <summary>Null while closed, and where whole frames are sent instead.</summary>
    internal VrrpSender? Sender { get; private set; }

    internal bool IsOpen => Listener is not null;

    /// <summary>A multicast group to be heard; before the sockets are opened.</summary>
    internal void Want(IpAddress group) => _groups.Add(group);

    /// <summary>Takes what another has open that is to hear the same; what waits to be read there is not lost.</summary>
    internal void TakeOver(PortSockets former)
    {
        if (former.UsesStack == usesStack && former._groups.SetEquals(_groups))
        {
            (Listener, Sender) = (former.Listener, former.Sender);
            (former.Listener, former.Sender) = (null, null);
        }
    }

    internal void Open(int interfaceIndex)
    {
        Listener = new VrrpListener(interfaceIndex, family, _groups);
        Sender = usesStack ? new VrrpSender(interfaceIndex, family, _groups) : null;
    }

    public void Dispose()
    {
        Listener?.Dispose();
        Listener = null;
        Sender?.Dispose();
        Sender = null;
    }
}
