using Pointsman.Linux.Netlink;

namespace Pointsman.Linux.Network;

/// <summary>
/// Hears from the kernel what changes in the network namespace of the thread that made it. Poll
/// <see cref="Descriptor"/>, then call <see cref="Receive"/>.
/// </summary>
public sealed class NetworkMonitor : IDisposable
{
    private const int ReceiveBufferBytes = 1 << 20;

    private readonly NetlinkSocket _socket;

    public NetworkMonitor(NetworkTopics topics)
    {
        _socket = new NetlinkSocket(RtNetlink.NETLINK_ROUTE, GroupsOf(topics));
        LibCSocket.SetOption(
            _socket.Descriptor, LibCSocket.SOL_SOCKET, LibCSocket.SO_RCVBUF, ReceiveBufferBytes, "SO_RCVBUF");
    }

    public FileDescriptor Descriptor => _socket.Descriptor;

    /// <summary>Appends everything that happened since the last call; returns at once when nothing did.</summary>
    public void Receive(List<NetworkEvent> events)
    {
        try
        {
            while (_socket.TryReceive((type, body) => Translate(type, body, events)))
            {
            }
        }
        catch (ErrnoException lost) when (lost.Errno == Errno.NoBufferSpace)
        {
            events.Add(new NetworkEvent.Resync());
        }
    }

    public void Dispose() => _socket.Dispose();

    private static uint GroupsOf(NetworkTopics topics)
    {
        uint groups = 0;
        groups |= topics.HasFlag(NetworkTopics.Links) ? RtNetlink.RTMGRP_LINK : 0;
        groups |= topics.HasFlag(NetworkTopics.Addresses) ? RtNetlink.RTMGRP_IPV4_IFADDR | RtNetlink.RTMGRP_IPV6_IFADDR : 0;
        groups |= topics.HasFlag(NetworkTopics.Neighbours) ? RtNetlink.RTMGRP_NEIGH : 0;
        groups |= topics.HasFlag(NetworkTopics.Routes) ? RtNetlink.RTMGRP_IPV4_ROUTE | RtNetlink.RTMGRP_IPV6_ROUTE : 0;
        groups |= topics.HasFlag(NetworkTopics.Rules) ? RtNetlink.RTMGRP_IPV4_RULE | RtNetlink.RTMGRP_IPV6_RULE : 0;
        return groups;
    }

    private static void Translate(ushort type, ReadOnlySpan<byte> body, List<NetworkEvent> events)
    {
        NetworkEvent? change = type switch
        {
            RtNetlink.RTM_NEWLINK => RouteMessages.ReadLink(body) is { } link ? new NetworkEvent.LinkChanged(link) : null,
            RtNetlink.RTM_DELLINK => RouteMessages.ReadLink(body) is { } gone
                ? new NetworkEvent.LinkRemoved(gone.Index, gone.Name)
                : null,
            RtNetlink.RTM_NEWADDR => RouteMessages.ReadAddress(body) is { } added
                ? new NetworkEvent.AddressAdded(added)
                : null,
            RtNetlink.RTM_DELADDR => RouteMessages.ReadAddress(body) is { } removed
                ? new NetworkEvent.AddressRemoved(removed)
                : null,
            RtNetlink.RTM_NEWNEIGH => RouteMessages.ReadNeighbour(body) is { } neighbour
                ? new NetworkEvent.NeighbourChanged(neighbour)
                : null,
            RtNetlink.RTM_DELNEIGH => RouteMessages.ReadNeighbour(body) is { } lost
                ? new NetworkEvent.NeighbourRemoved(lost)
                : null,
            RtNetlink.RTM_NEWROUTE => new NetworkEvent.RoutesChanged(),
            RtNetlink.RTM_DELROUTE => new NetworkEvent.RoutesChanged(RouteMessages.ReadRouteProtocol(body)),
            RtNetlink.RTM_DELRULE => new NetworkEvent.RuleRemoved(),
            _ => null,
        };
        if (change is not null)
        {
            events.Add(change);
        }
    }
}
