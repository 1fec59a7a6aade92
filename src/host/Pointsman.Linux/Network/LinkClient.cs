using Pointsman.Base;
using Pointsman.Linux.Netlink;

namespace Pointsman.Linux.Network;

/// <summary>
/// Makes and removes links. It works in the network namespace of the thread that made it; one thread at a time may use it.
/// </summary>
public sealed class LinkClient : IDisposable
{
    public const string Macvlan = "macvlan";

    private const string Veth = "veth";

    private const int RequestSizeBytes = 256;

    private readonly NetlinkSocket _socket = new(RtNetlink.NETLINK_ROUTE, groups: 0);

    /// <summary>
    /// Makes an interface with a MAC address of its own on another one, in private mode: it hears what comes in for that
    /// address, and no other such interface of this host. It is not up yet.
    /// </summary>
    /// <param name="group">The kernel's group of interfaces it is in; null: the default one.</param>
    public void AddPrivateMacvlan(string name, int parentIndex, MacAddress mac, uint? group = null)
    {
        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes],
            RtNetlink.RTM_NEWLINK,
            RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_ACK | RtNetlink.NLM_F_CREATE | RtNetlink.NLM_F_EXCL);
        request.FixedPart(default(RouteMessages.LinkHeader));
        request.Attribute(RtNetlink.IFLA_IFNAME, name);
        request.Attribute(RtNetlink.IFLA_LINK, (uint)parentIndex);
        request.Attribute(RtNetlink.IFLA_ADDRESS, mac);
        if (group is { } number)
        {
            request.Attribute(RtNetlink.IFLA_GROUP, number);
        }

        int info = request.BeginNest(RtNetlink.IFLA_LINKINFO);
        request.Attribute(RtNetlink.IFLA_INFO_KIND, Macvlan);
        int data = request.BeginNest(RtNetlink.IFLA_INFO_DATA);
        request.Attribute(RtNetlink.IFLA_MACVLAN_MODE, RtNetlink.MACVLAN_MODE_PRIVATE);
        request.EndNest(data);
        request.EndNest(info);
        if (_socket.Ask(ref request, out string? detail) is not 0 and int errno)
        {
            throw new ErrnoException($"RTM_NEWLINK {name} (macvlan)", errno, detail);
        }
    }

    /// <summary>Makes two interfaces: what is sent by one comes in by the other (veth). They are not up yet.</summary>
    /// <returns>False when one of them is there already.</returns>
    public bool TryAddPair(string name, MacAddress mac, string peer, MacAddress peerMac)
    {
        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes],
            RtNetlink.RTM_NEWLINK,
            RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_ACK | RtNetlink.NLM_F_CREATE | RtNetlink.NLM_F_EXCL);
        request.FixedPart(default(RouteMessages.LinkHeader));
        request.Attribute(RtNetlink.IFLA_IFNAME, name);
        request.Attribute(RtNetlink.IFLA_ADDRESS, mac);
        int info = request.BeginNest(RtNetlink.IFLA_LINKINFO);
        request.Attribute(RtNetlink.IFLA_INFO_KIND, Veth);
        int data = request.BeginNest(RtNetlink.IFLA_INFO_DATA);
        int other = request.BeginNest(RtNetlink.VETH_INFO_PEER);
        request.FixedPart(default(RouteMessages.LinkHeader));
        request.Attribute(RtNetlink.IFLA_IFNAME, peer);
        request.Attribute(RtNetlink.IFLA_ADDRESS, peerMac);
        request.EndNest(other);
        request.EndNest(data);
        request.EndNest(info);
        return _socket.Ask(ref request, out string? detail) switch
        {
            0 => true,
            Errno.Exists => false,
            int errno => throw new ErrnoException($"RTM_NEWLINK {name} (veth)", errno, detail),
        };
    }

    /// <summary>Switches an interface on.</summary>
    /// <returns>False while the interface it stands on is down, or when it is gone.</returns>
    public bool TrySetUp(int index)
    {
        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes], RtNetlink.RTM_NEWLINK, RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_ACK);
        request.FixedPart(new RouteMessages.LinkHeader
        {
            Index = index, Flags = RtNetlink.IFF_UP, Change = RtNetlink.IFF_UP,
        });
        return _socket.Ask(ref request, out string? detail) switch
        {
            0 => true,
            Errno.NetworkDown or Errno.NoDevice => false,
            int errno => throw new ErrnoException($"RTM_NEWLINK ifindex {index} up", errno, detail),
        };
    }

    /// <returns>False when it is not there.</returns>
    public bool TryDelete(int index)
    {
        var request = new NetlinkRequest(
            stackalloc byte[RequestSizeBytes], RtNetlink.RTM_DELLINK, RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_ACK);
        request.FixedPart(new RouteMessages.LinkHeader { Index = index });
        return _socket.Ask(ref request, out string? detail) switch
        {
            0 => true,
            Errno.NoDevice => false,
            int errno => throw new ErrnoException($"RTM_DELLINK ifindex {index}", errno, detail),
        };
    }

    public void Dispose() => _socket.Dispose();
}
