using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// Reads interfaces anew when the kernel tells of them, keeps their sockets open, and tells the machine which are usable and
/// what address it may send from.
/// </summary>
internal sealed class InterfaceWatch(Station station, RoleMeans means, SecondaryPromotion secondaries, VirtualMacKeeper virtualMacs)
{
    // An interface whose sockets could not be opened is tried again this much later.
    private static readonly TimeSpan RetryTime = TimeSpan.FromSeconds(1);

    // An interface without an address to send from is a fault only after this; shorter than any lease at common intervals.
    private static readonly TimeSpan SourceGrace = TimeSpan.FromMilliseconds(500);

    private readonly List<NetworkEvent> _changes = [];
    private readonly Instant?[] _sourceLostAt = new Instant?[station.Router.Instances.Length];

    /// <summary>When all interfaces are to be looked at again; null: not before the kernel tells something.</summary>
    internal Instant? RetryAt { get; private set; }

    /// <summary>What the kernel told.</summary>
    internal void TakeChanges(List<VrrpAction> actions)
    {
        _changes.Clear();
        station.Network.Receive(_changes);
        foreach (NetworkEvent change in _changes)
        {
            if (change is NetworkEvent.LinkChanged { Link: var link })
            {
                station.Neighbours.LearnOwn(link.Mac);
            }
        }

        foreach (LinkPort port in station.Links.Ports)
        {
            foreach (NetworkEvent change in _changes)
            {
                if (LinkTable.Concerns(port, change))
                {
                    Refresh(port, actions);
                    break;
                }
            }
        }

        foreach (NetworkEvent change in _changes)
        {
            if (station.Routing.Concerns(change))
            {
                station.ReconcileRouting(Now(), actions);
                break;
            }
        }
    }

    /// <summary>What a driver says of its link, where it is asked.</summary>
    internal void OnLinkBeat(string interfaceName, bool carries, List<VrrpAction> actions)
    {
        foreach (LinkPort port in station.Links.Ports)
        {
            if (port.Name == interfaceName && port.IsPolled)
            {
                port.Carries = carries;
                Refresh(port, actions);
            }
        }
    }

    internal void RefreshAll(List<VrrpAction> actions)
    {
        RetryAt = null;
        foreach (LinkPort port in station.Links.Ports)
        {
            Refresh(port, actions);
        }
    }

    internal void CloseAll()
    {
        foreach (LinkPort port in station.Links.Ports)
        {
            Close(port);
        }
    }

    private static Instant Now() => MonotonicClock.NowWithSuspend;

    /// <summary>Reads one interface anew and tells the machine.</summary>
    private void Refresh(LinkPort port, List<VrrpAction> actions)
    {
        VrrpRouter router = station.Router;
        RouteClient routes = station.Runner.Routes;
        MacAddress? macBefore = port.Mac;
        NetworkLink? link;
        IReadOnlyList<InterfaceAddress> addresses;
        using (means.Deputy.Lend())
        {
            link = port.Parent is null ? routes.FindLink(port.Name) : virtualMacs.Ensure(port, routes);
            addresses = link is null ? [] : routes.Addresses(link.Index);
        }

        bool isSame = port.Update(link, addresses);
        if (!isSame || (link is not null && !port.SocketsAreOpen))
        {
            Reopen(port);
        }

        bool isNew = !isSame || router.IsSettling;
        using (means.Deputy.Lend())
        {
            if (isNew && link is not null && secondaries.Apply(port.Name) is { } obstacle)
            {
                means.Outbox.Note(isWarning: true, obstacle);
            }

            if (isNew || macBefore != port.Mac)
            {
                ListenForNeighbours(port);
            }
        }

        router.OnLink(Now(), port.Name, port.IsUsable && port.SocketsAreOpen, actions);
        station.Runner.Run(actions);
        foreach (VrrpInstance instance in router.Instances)
        {
            if (station.Links.PortOf(instance.Index) == port)
            {
                RefreshSource(instance, actions);
            }

            // With new settings the machine asks for what is missing itself: nobody has removed it.
            if (!router.IsSettling)
            {
                station.Keeper.Reconcile(Now(), instance, port);
            }
        }

        foreach (LinkPort above in station.Links.Ports)
        {
            if (above.Parent == port && (!isSame || !above.IsUsable))
            {
                Refresh(above, actions);
            }
        }
    }

    private void Reopen(LinkPort port)
    {
        Close(port);
        if (port.Index == 0)
        {
            return;
        }

        try
        {
            using (means.Deputy.Lend())
            {
                port.OpenSockets();
            }

            foreach (PortSockets sockets in port.Sockets)
            {
                means.Poll.Add(sockets.Listener!.Descriptor, Station.PortToken);
            }
        }
        catch (ErrnoException refused)
        {
            port.CloseSockets();
            RetryAt = Now() + RetryTime;
            means.Outbox.Note(isWarning: true, $"VRRP sockets on {port.Name}: {refused.Message}");
        }
    }

    private void Close(LinkPort port)
    {
        foreach (PortSockets sockets in port.Sockets)
        {
            if (sockets.Listener is { } former)
            {
                means.Poll.Remove(former.Descriptor);
            }
        }

        port.CloseSockets();
    }

    // Without it, adverts are heard all the same: only another master is noticed less well.
    private void ListenForNeighbours(LinkPort port)
    {
        try
        {
            station.Neighbours.Open(port);
        }
        catch (ErrnoException refused)
        {
            means.Outbox.Note(isWarning: true, $"ARP and neighbour discovery on {port.Name} are not heard: {refused.Message}");
        }
    }

    private void RefreshSource(VrrpInstance instance, List<VrrpAction> actions)
    {
        IpAddress source = station.Links.SourceAddressOf(instance.Index, instance.Settings);
        if (source == instance.SourceAddress)
        {
            _sourceLostAt[instance.Index] = null;
        }

        if (source != instance.SourceAddress && !IsOnlyJustLost(instance, source))
        {
            station.Router.OnSourceAddress(Now(), instance.Index, source, actions);
            station.Runner.Run(actions);
        }
    }

    // A network manager that sets up an interface anew takes its addresses away and puts them back. Adverts go on meanwhile,
    // from the address the others know.
    private bool IsOnlyJustLost(VrrpInstance instance, IpAddress source)
    {
        ref Instant? lostAt = ref _sourceLostAt[instance.Index];
        if (source != default || instance.SourceAddress == default || !station.Links.PortOf(instance.Index).IsUsable)
        {
            lostAt = null;
            return false;
        }

        Instant now = Now();
        lostAt ??= now;
        Instant until = lostAt.Value + SourceGrace;
        if (now >= until)
        {
            lostAt = null;
            return false;
        }

        RetryAt = Instant.Earlier(RetryAt, until);
        return true;
    }
}
