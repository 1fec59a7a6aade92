using Pointsman.Base;
using Pointsman.Linux.Network;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>What one interface hears and says in one family; closed while there is no such interface.</summary>
internal sealed class PortSockets(IpFamily family) : IDisposable
{
    private readonly HashSet<IpAddress> _groups = [];

    internal IpFamily Family => family;

    internal VrrpListener? Listener { get; private set; }

    internal VrrpSender? Sender { get; private set; }

    internal bool IsOpen => Sender is not null;

    /// <summary>A multicast group to be heard; before the sockets are opened.</summary>
    internal void Want(IpAddress group) => _groups.Add(group);

    internal void Open(int interfaceIndex)
    {
        Listener = new VrrpListener(interfaceIndex, family, _groups);
        Sender = new VrrpSender(interfaceIndex, family, _groups);
    }

    public void Dispose()
    {
        Listener?.Dispose();
        Listener = null;
        Sender?.Dispose();
        Sender = null;
    }
}
