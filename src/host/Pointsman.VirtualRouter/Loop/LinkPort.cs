using Pointsman.Base;
using Pointsman.Linux.Network;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>An interface the role speaks on, puts addresses on or tracks: known by name, there or not.</summary>
/// <param name="parent">The interface it stands on, where it is one of the role's own making; null: a link of the host.</param>
internal sealed class LinkPort(string name, LinkPort? parent = null) : IDisposable
{
    private readonly List<PortSockets> _sockets = [];
    private readonly HashSet<IpAddress> _present = [];

    internal string Name { get; } = name;

    /// <summary>Null for a link of the host.</summary>
    internal LinkPort? Parent { get; } = parent;

    /// <summary>The link of the host it is or stands on: what configurations call the interface.</summary>
    internal LinkPort Base => Parent ?? this;

    /// <summary>One of each family some instance on it speaks; none for interfaces that are only tracked or carry addresses.</summary>
    internal IReadOnlyList<PortSockets> Sockets => _sockets;

    /// <summary>Zero while there is no such interface.</summary>
    internal int Index { get; private set; }

    /// <summary>Null when there is none to announce addresses from.</summary>
    internal MacAddress? Mac { get; private set; }

    internal bool IsUsable { get; private set; }

    /// <summary>Its driver is asked whether the link carries.</summary>
    internal bool IsPolled { get; init; }

    /// <summary>What the driver said last; true where it is not asked.</summary>
    internal bool Carries { get; set; } = true;

    /// <summary>It forwards IPv6, which neighbour advertisements tell.</summary>
    internal bool IsIpv6Router { get; private set; }

    internal IReadOnlyList<InterfaceAddress> Addresses { get; private set; } = [];

    internal bool SocketsAreOpen
    {
        get
        {
            foreach (PortSockets sockets in _sockets)
            {
                if (!sockets.IsOpen)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>An instance speaks this family here; its sockets are made when they are opened.</summary>
    internal PortSockets Speak(IpFamily family)
    {
        if (FindSockets(family) is { } there)
        {
            return there;
        }

        var sockets = new PortSockets(family, usesStack: Parent is null);
        _sockets.Add(sockets);
        return sockets;
    }

    internal PortSockets? FindSockets(IpFamily family)
    {
        foreach (PortSockets sockets in _sockets)
        {
            if (sockets.Family == family)
            {
                return sockets;
            }
        }

        return null;
    }

    /// <summary>Takes over what the kernel has.</summary>
    /// <returns>False when the sockets are of an interface that is gone: close, then open.</returns>
    internal bool Update(NetworkLink? link, IReadOnlyList<InterfaceAddress> addresses)
    {
        bool isSame = Index == (link?.Index ?? 0);
        Index = link?.Index ?? 0;
        Mac = link is { UsesArp: true } ? link.Mac : null;

        // Whether what it stands on carries is told of that one.
        IsUsable = Parent is null ? link is { IsUsable: true } && Carries : link is { IsUp: true };
        Addresses = addresses;
        _present.Clear();
        foreach (InterfaceAddress address in addresses)
        {
            _present.Add(address.Prefix.Address);
        }

        IsIpv6Router = FindSockets(IpFamily.V6) is not null && Sysctl.TryRead($"net/ipv6/conf/{Base.Name}/forwarding") is "1" or "2";
        return isSame;
    }

    /// <summary>Goes on where a port of the same name was, before other settings.</summary>
    internal void TakeOver(LinkPort former)
    {
        (Index, Mac, IsUsable, IsIpv6Router, Addresses) =
            (former.Index, former.Mac, former.IsUsable, former.IsIpv6Router, former.Addresses);
        Carries = !IsPolled || former.Carries;
        foreach (PortSockets sockets in _sockets)
        {
            if (former.FindSockets(sockets.Family) is { } same)
            {
                sockets.TakeOver(same);
            }
        }
    }

    internal void OpenSockets()
    {
        foreach (PortSockets sockets in _sockets)
        {
            sockets.Open(Index);
        }
    }

    internal void CloseSockets()
    {
        foreach (PortSockets sockets in _sockets)
        {
            sockets.Dispose();
        }
    }

    // Each of its instances asks for each of its addresses after every change here: on a node with thousands, a walk
    // through all of them each time would hold up adverts.
    internal bool Has(IpAddress address) => _present.Contains(address);

    public void Dispose() => CloseSockets();
}
