using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Base.Routing;
using Pointsman.Dataplane.Tables;
using Pointsman.Linux;
using Pointsman.Linux.Bpf;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Marks;

/* XDP is asked before netfilter, so nothing that comes in by the wire bears a mark yet. The kernel is made to route what it has
   marked into a pair of interfaces, by a next hop for each mark whose MAC address is the mark; a program at the far end reads it
   there. For that the rule that finds the host's own addresses has to stand behind those for the marks: virtual addresses are
   the host's own. All of it is kept while there are services by a mark, put back if somebody removes it, and taken back when
   the last of them goes. */

/// <summary>Brings the packets that the firewall has marked to the data path.</summary>
internal sealed class MarkGate : IDisposable
{
    private readonly PinPaths _paths;
    private readonly BpfProgram _program;
    private readonly MarkNote? _note;
    private readonly RouteClient _routes = new();
    private readonly RoutingClient _routing = new();
    private readonly LinkClient _links = new();
    private HashSet<(uint Mark, IpFamily Family)> _kept = [];
    private XdpLink? _link;
    private bool _isRead;
    private bool _hasAnswers;

    /// <summary>Puts the new program in the place of a former run's.</summary>
    /// <param name="note">Where changes of this host are written down; null: it is not changed, and no marked packet comes.</param>
    /// <param name="tell">A line for the operator.</param>
    internal MarkGate(PinPaths paths, string? note, Action<string> tell)
    {
        _paths = paths;
        _note = note is null ? null : new MarkNote(note, tell);
        _program = BpfProgram.TryOpen(paths.Of(Names.MarkedProgram))
            ?? throw new DataplaneException($"{Names.MarkedProgram} is not pinned in {paths.Version}");
        _link = XdpLink.TryOpen(paths.Marked);
        if (_link is not null && !_link.TryUpdate(_program))
        {
            Forget();
        }
    }

    internal void Reconcile(ForwardingPlan plan)
    {
        if (_note is null)
        {
            return;
        }

        HashSet<(uint Mark, IpFamily Family)> wanted =
            [.. plan.Services.Where(service => service.Key.IsMark).Select(service => (service.Key.Address.Mark, service.Key.Address.Address.Family))];
        if (wanted.Count == 0)
        {
            Remove();
            return;
        }

        foreach ((uint mark, IpFamily family) in _kept.Except(wanted))
        {
            _routing.TryDelete(MarkNames.Marked(mark, family));
            _routing.TryDelete(MarkNames.Route(mark, family), IndexOf);
        }

        if (!_isRead)
        {
            // A former run may have had others.
            _isRead = true;
            RemoveMarked(wanted);
        }

        _kept = wanted;
        _hasAnswers = plan.Services.Any(service =>
            service.Key is { IsMark: true, Address.Address.IsV4: true } && service.Servers.Any(server => server.Method == ForwardingMethod.Masquerade));
        Keep();
    }

    /// <summary>Puts back what is missing; to be called now and then.</summary>
    internal void Keep()
    {
        if (_kept.Count == 0)
        {
            return;
        }

        _note!.Begin();
        int near = Interfaces();
        foreach (IpFamily family in _kept.Select(kept => kept.Family).Distinct())
        {
            Allow(family);
            foreach (IpRule rule in MarkNames.Arrived(family))
            {
                _routing.TryAdd(rule);
            }
        }

        foreach ((uint mark, IpFamily family) in _kept)
        {
            _routes.SetNeighbour(near, MarkNames.NextHop(mark, family), MarkNames.Mac(mark));
            _routing.TryAdd(MarkNames.Route(mark, family), IndexOf);
            _routing.TryAdd(MarkNames.Marked(mark, family));
        }

        foreach (IpFamily family in _kept.Select(kept => kept.Family).Distinct())
        {
            // In this order there is no moment without it.
            _routing.TryAdd(MarkNames.Local(family, isMoved: true));
            _routing.TryDelete(MarkNames.Local(family, isMoved: false) with { Protocol = 0 });
        }
    }

    /// <summary>The host as it was.</summary>
    internal void Remove()
    {
        if (_note is { Exists: true })
        {
            _kept = [];
            Forget();
            TakeBack(_note, _routing, _routes, _links);
        }
    }

    /// <summary>Takes back what a run that was killed has left, where nothing is balanced any more.</summary>
    internal static void RemoveLeft(string notePath)
    {
        var note = new MarkNote(notePath);
        if (note.Exists)
        {
            using var routing = new RoutingClient();
            using var routes = new RouteClient();
            using var links = new LinkClient();
            TakeBack(note, routing, routes, links);
        }
    }

    /// <summary>The program leaves its interface, once nobody holds it.</summary>
    internal static void Unpin(PinPaths paths)
    {
        if (File.Exists(paths.Marked))
        {
            File.Delete(paths.Marked);
        }
    }

    public void Dispose()
    {
        _program.Dispose();
        _link?.Dispose();
        _routes.Dispose();
        _routing.Dispose();
        _links.Dispose();
    }

    private static void TakeBack(MarkNote note, RoutingClient routing, RouteClient routes, LinkClient links)
    {
        foreach (IpFamily family in (ReadOnlySpan<IpFamily>)[IpFamily.V4, IpFamily.V6])
        {
            if (!IsMoved(routing, family))
            {
                continue;
            }

            routing.TryAdd(MarkNames.Local(family, isMoved: false));
            routing.TryDelete(MarkNames.Local(family, isMoved: true));
            while (routing.TryDelete(new IpRule { Family = family, Preference = MarkNames.MarkedPreference }))
            {
            }

            foreach (IpRule rule in MarkNames.Arrived(family))
            {
                routing.TryDelete(rule);
            }
        }

        // Its routes and neighbours go with it, and so does the other end.
        if (routes.FindLink(MarkNames.Near) is { } near)
        {
            links.TryDelete(near.Index);
        }

        note.End();
    }

    // The rules for what arrives are the first that are made, and the last that go.
    private static bool IsMoved(RoutingClient routing, IpFamily family)
    {
        IpRule first = MarkNames.Arrived(family)[0];
        if (!routing.TryAdd(first))
        {
            return true;
        }

        routing.TryDelete(first);
        return false;
    }

    private void RemoveMarked(HashSet<(uint Mark, IpFamily Family)> wanted)
    {
        foreach (IpFamily family in (ReadOnlySpan<IpFamily>)[IpFamily.V4, IpFamily.V6])
        {
            if (!wanted.Any(one => one.Family == family))
            {
                continue;
            }

            while (_routing.TryDelete(new IpRule { Family = family, Preference = MarkNames.MarkedPreference }))
            {
            }
        }
    }

    private int Interfaces()
    {
        if (_routes.FindLink(MarkNames.Near) is null)
        {
            Forget();
            if (_links.TryAddPair(MarkNames.Near, MarkNames.NearMac, MarkNames.Far, MarkNames.Mac(0)))
            {
                InterfaceOffloads.TurnOff(MarkNames.Near);
            }
        }

        NetworkLink near = Found(MarkNames.Near);
        NetworkLink far = Found(MarkNames.Far);
        foreach (NetworkLink link in (ReadOnlySpan<NetworkLink>)[near, far])
        {
            if (!link.IsUp)
            {
                _links.TrySetUp(link.Index);
            }
        }

        if (_link?.InterfaceIndex != far.Index)
        {
            Forget();
            Directory.CreateDirectory(_paths.Links, PinPaths.OwnerOnly);

            // In the generic mode: these are packets already, and may leave by an interface without native XDP.
            _link = XdpLink.Attach(_program, far.Index, native: false);
            _link.Pin(_paths.Marked);
        }

        return near.Index;
    }

    private void Allow(IpFamily family)
    {
        if (family == IpFamily.V4)
        {
            _note!.Set("net/ipv4/ip_forward", "1");
            foreach (string name in (ReadOnlySpan<string>)[MarkNames.Near, MarkNames.Far])
            {
                _note.Set($"net/ipv4/conf/{name}/rp_filter", "0");
                _routes.TryAddAddress(
                    new InterfaceAddress(IndexOf(name), new IpPrefix(MarkNames.OwnAddress, 32)) { Scope = AddressScope.Host });
            }

            // What clients are told comes back by the near end, from the virtual address, which may be one of this node's.
            _note.Set($"net/ipv4/conf/{MarkNames.Near}/accept_local", "1");
            if (_hasAnswers)
            {
                // The client's packets came by the stack, so it alone can ask for a neighbour that is not known yet; and an answer's
                // source is an address of this node by then.
                _note.Set("net/ipv4/conf/all/accept_local", "1");
            }

            return;
        }

        // A router does not listen to routers unless told to.
        foreach (NetworkLink link in _routes.Links())
        {
            string name = $"net/ipv6/conf/{link.Name}/accept_ra";
            if (Sysctl.TryRead(name) == "1")
            {
                _note!.Set(name, "2");
            }
        }

        _note!.Set("net/ipv6/conf/all/forwarding", "1");
    }

    private NetworkLink Found(string name) => _routes.FindLink(name)
        ?? throw new DataplaneException($"{name}, by which marked packets come, cannot be made: is there an interface of that name?");

    private int IndexOf(string name) => _routes.FindLink(name)?.Index ?? 0;

    private void Forget()
    {
        if (_link is { InterfaceIndex: not null })
        {
            _link.Detach();
        }

        _link?.Dispose();
        _link = null;
        Unpin(_paths);
    }
}
