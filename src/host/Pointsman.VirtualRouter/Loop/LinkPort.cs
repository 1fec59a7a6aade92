using Pointsman.Base;
using Pointsman.Linux.Network;
using Pointsman.Wire;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>An interface the role speaks on, puts addresses on or tracks: known by name, there or not.</summary>
internal sealed class LinkPort(string name, bool speaksVrrp) : IDisposable
{
    internal string Name { get; } = name;

    /// <summary>An instance runs on it; other interfaces are only tracked or carry addresses.</summary>
    internal bool SpeaksVrrp { get; } = speaksVrrp;

    /// <summary>Zero while there is no such interface.</summary>
    internal int Index { get; private set; }

    /// <summary>Null when there is none to announce addresses from.</summary>
    internal MacAddress? Mac { get; private set; }

    internal bool IsUsable { get; private set; }

    internal IReadOnlyList<InterfaceAddress> Addresses { get; private set; } = [];

    internal VrrpListener? Listener { get; private set; }

    internal VrrpSender? Sender { get; private set; }

    /// <summary>Takes over what the kernel has.</summary>
    /// <returns>False when the sockets are of an interface that is gone: close, then open.</returns>
    internal bool Update(NetworkLink? link, IReadOnlyList<InterfaceAddress> addresses)
    {
        bool isSame = Index == (link?.Index ?? 0);
        Index = link?.Index ?? 0;
        Mac = link is { UsesArp: true } ? link.Mac : null;
        IsUsable = link is { IsUsable: true };
        Addresses = addresses;
        return isSame;
    }

    internal void OpenSockets()
    {
        Listener = new VrrpListener(Index);
        Sender = new VrrpSender(Index, VrrpAdvert.MulticastGroup);
    }

    internal void CloseSockets()
    {
        Listener?.Dispose();
        Listener = null;
        Sender?.Dispose();
        Sender = null;
    }

    internal bool Has(IpAddress address)
    {
        foreach (InterfaceAddress present in Addresses)
        {
            if (present.Prefix.Address == address)
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose() => CloseSockets();
}
