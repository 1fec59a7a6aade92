using System.Runtime.InteropServices;
using Pointsman.Base;
using Pointsman.Linux.Netlink;

namespace Pointsman.Linux.Network;

/// <summary>
/// Asks the kernel about links, addresses, routes and neighbours, and changes addresses. It works in the network
/// namespace of the thread that made it; one thread at a time may use it.
/// </summary>
public sealed class RouteClient : IDisposable
{
    private const int RequestSizeBytes = 512;
    private const uint Forever = uint.MaxValue;

    private readonly NetlinkSocket _socket = new(RtNetlink.NETLINK_ROUTE, groups: 0);

    public List<NetworkLink> Links()
    {
        var links = new List<NetworkLink>();
        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes], RtNetlink.RTM_GETLINK, RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_DUMP);
        request.FixedPart(default(RouteMessages.LinkHeader));
        _socket.Dump(ref request, "RTM_GETLINK", (_, body) => Collect(links, RouteMessages.ReadLink(body)), links.Clear);
        return links;
    }

    /// <summary>The interface with this name, or null.</summary>
    public NetworkLink? FindLink(string name)
    {
        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes], RtNetlink.RTM_GETLINK, RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_ACK);
        request.FixedPart(default(RouteMessages.LinkHeader));
        request.Attribute(RtNetlink.IFLA_IFNAME, name);
        NetworkLink? found = null;
        int errno = _socket.Ask(ref request, out string? detail, (_, body) => found = RouteMessages.ReadLink(body));
        return errno is 0 or Errno.NoDevice
            ? found
            : throw new ErrnoException($"RTM_GETLINK {name}", errno, detail);
    }

    /// <param name="interfaceIndex">Null: of all interfaces.</param>
    public List<InterfaceAddress> Addresses(int? interfaceIndex = null)
    {
        var addresses = new List<InterfaceAddress>();
        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes], RtNetlink.RTM_GETADDR, RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_DUMP);
        request.FixedPart(new RouteMessages.AddressHeader { Index = (uint)(interfaceIndex ?? 0) });
        try
        {
            _socket.Dump(
                ref request, "RTM_GETADDR", (_, body) => Collect(addresses, RouteMessages.ReadAddress(body)), addresses.Clear);
        }
        catch (ErrnoException gone) when (gone.Errno == Errno.NoDevice)
        {
            addresses.Clear();
        }

        return addresses;
    }

    /// <summary>Puts an address on its interface.</summary>
    /// <returns>False when it is there already.</returns>
    public bool TryAddAddress(InterfaceAddress address)
    {
        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes],
            RtNetlink.RTM_NEWADDR,
            RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_ACK | RtNetlink.NLM_F_CREATE | RtNetlink.NLM_F_EXCL);
        WriteAddress(ref request, address);
        if (address.Label is not null && address.Prefix.Address.IsV4)
        {
            request.Attribute(RtNetlink.IFA_LABEL, address.Label);
        }

        if (address.Broadcast is { IsV4: true } broadcast)
        {
            request.Attribute(RtNetlink.IFA_BROADCAST, broadcast);
        }

        AddressTraits traits = address.Prefix.Address.IsV4
            ? address.Traits & ~AddressTraits.NoDuplicateDetection
            : address.Traits;
        if (traits != AddressTraits.None)
        {
            request.Attribute(RtNetlink.IFA_FLAGS, (uint)traits);
        }

        if (address.IsDeprecated || address.PreferredLifetimeSeconds is not null)
        {
            // struct ifa_cacheinfo: preferred, valid, created, updated.
            Span<byte> lifetimes = stackalloc byte[16];
            lifetimes.Clear();
            MemoryMarshal.Write(lifetimes, address.IsDeprecated ? 0 : address.PreferredLifetimeSeconds ?? Forever);
            MemoryMarshal.Write(lifetimes[4..], Forever);
            request.Attribute(RtNetlink.IFA_CACHEINFO, lifetimes);
        }

        return _socket.Ask(ref request, out string? detail) switch
        {
            0 => true,
            Errno.Exists => false,
            int errno => throw new ErrnoException($"RTM_NEWADDR {address.Prefix}", errno, detail),
        };
    }

    /// <summary>Takes an address from its interface.</summary>
    /// <returns>False when it is not there (or its interface is gone).</returns>
    public bool TryDeleteAddress(InterfaceAddress address)
    {
        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes], RtNetlink.RTM_DELADDR, RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_ACK);
        WriteAddress(ref request, address);
        return _socket.Ask(ref request, out string? detail) switch
        {
            0 => true,
            Errno.AddressNotAvailable or Errno.NoDevice => false,
            int errno => throw new ErrnoException($"RTM_DELADDR {address.Prefix}", errno, detail),
        };
    }

    /// <summary>Where a packet to this address would go; null when nowhere.</summary>
    public RouteAnswer? LookupRoute(IpAddress target)
    {
        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes], RtNetlink.RTM_GETROUTE, RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_ACK);
        request.FixedPart(new RouteMessages.RouteHeader { Family = FamilyOf(target), TargetLength = (byte)target.LengthBits });
        request.Attribute(RtNetlink.RTA_DST, target);
        RouteAnswer? answer = null;
        int errno = _socket.Ask(ref request, out string? detail, (_, body) => answer = RouteMessages.ReadRoute(body));
        return errno switch
        {
            0 => answer,
            // ENETUNREACH: no route. EHOSTUNREACH, EACCES, EINVAL: an unreachable, prohibit or blackhole route says so.
            Errno.NetworkUnreachable or Errno.HostUnreachable or Errno.AccessDenied or Errno.InvalidArgument => null,
            _ => throw new ErrnoException($"RTM_GETROUTE {target}", errno, detail),
        };
    }

    /// <param name="interfaceIndex">Null: of all interfaces.</param>
    public List<Neighbour> Neighbours(int? interfaceIndex = null)
    {
        var neighbours = new List<Neighbour>();
        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes], RtNetlink.RTM_GETNEIGH, RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_DUMP);
        request.FixedPart(default(RouteMessages.NeighbourHeader));
        if (interfaceIndex is not null)
        {
            request.Attribute(RtNetlink.NDA_IFINDEX, (uint)interfaceIndex.Value);
        }

        _socket.Dump(
            ref request, "RTM_GETNEIGH", (_, body) => Collect(neighbours, RouteMessages.ReadNeighbour(body)), neighbours.Clear);
        return neighbours;
    }

    /// <summary>The kernel's entry for one neighbour, or null when it has none.</summary>
    public Neighbour? FindNeighbour(int interfaceIndex, IpAddress address)
    {
        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes], RtNetlink.RTM_GETNEIGH, RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_ACK);
        request.FixedPart(new RouteMessages.NeighbourHeader
        {
            Family = FamilyOf(address),
            InterfaceIndex = interfaceIndex,
        });
        request.Attribute(RtNetlink.NDA_DST, address);
        Neighbour? found = null;
        int errno = _socket.Ask(ref request, out string? detail, (_, body) => found = RouteMessages.ReadNeighbour(body));
        return errno is 0 or Errno.NoEntry or Errno.NoDevice
            ? found
            : throw new ErrnoException($"RTM_GETNEIGH {address}", errno, detail);
    }

    /// <summary>Tells the kernel a neighbour's hardware address, for good.</summary>
    public void SetNeighbour(int interfaceIndex, IpAddress address, MacAddress mac)
    {
        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes],
            RtNetlink.RTM_NEWNEIGH,
            RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_ACK | RtNetlink.NLM_F_CREATE | RtNetlink.NLM_F_REPLACE);
        request.FixedPart(new RouteMessages.NeighbourHeader
        {
            Family = FamilyOf(address),
            InterfaceIndex = interfaceIndex,
            State = (ushort)NeighbourState.Permanent,
        });
        request.Attribute(RtNetlink.NDA_DST, address);
        request.Attribute(RtNetlink.NDA_LLADDR, mac);
        if (_socket.Ask(ref request, out string? detail) is not 0 and int errno)
        {
            throw new ErrnoException($"RTM_NEWNEIGH {address}", errno, detail);
        }
    }

    /// <summary>
    /// Makes the kernel resolve a neighbour it does not know, or confirm one it has not used for a while, as if a packet
    /// were sent to it. The answer comes as <see cref="NetworkEvent.NeighbourChanged"/>. What an operator has set for good stays so.
    /// </summary>
    /// <returns>False when the interface is gone or down.</returns>
    public bool TryProbeNeighbour(int interfaceIndex, IpAddress address)
    {
        // NTF_USE takes NUD_PERMANENT from an entry since 5.16, and the entry is then asked for and lost.
        if (FindNeighbour(interfaceIndex, address) is { State: NeighbourState.Permanent or NeighbourState.NoArp })
        {
            return true;
        }

        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes],
            RtNetlink.RTM_NEWNEIGH,
            RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_ACK | RtNetlink.NLM_F_CREATE);
        request.FixedPart(new RouteMessages.NeighbourHeader
        {
            Family = FamilyOf(address),
            InterfaceIndex = interfaceIndex,
            Flags = RtNetlink.NTF_USE,
        });
        request.Attribute(RtNetlink.NDA_DST, address);
        return _socket.Ask(ref request, out string? detail) switch
        {
            0 => true,
            Errno.NoDevice or Errno.NetworkDown => false,
            int errno => throw new ErrnoException($"RTM_NEWNEIGH {address} (NTF_USE)", errno, detail),
        };
    }

    public void Dispose() => _socket.Dispose();

    internal static byte FamilyOf(IpAddress address) =>
        (byte)(address.IsV4 ? LibCSocket.AF_INET : LibCSocket.AF_INET6);

    private static void WriteAddress(ref NetlinkRequest request, InterfaceAddress address)
    {
        request.FixedPart(new RouteMessages.AddressHeader
        {
            Family = FamilyOf(address.Prefix.Address),
            PrefixLength = (byte)address.Prefix.Length,
            Scope = (byte)address.Scope,
            Index = (uint)address.InterfaceIndex,
        });
        request.Attribute(RtNetlink.IFA_LOCAL, address.Prefix.Address);
        request.Attribute(RtNetlink.IFA_ADDRESS, address.Peer ?? address.Prefix.Address);
    }

    private static void Collect<T>(List<T> target, T? item)
        where T : class
    {
        if (item is not null)
        {
            target.Add(item);
        }
    }
}
