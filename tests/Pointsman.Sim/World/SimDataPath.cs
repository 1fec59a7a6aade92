using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.Sim.World;

/// <summary>
/// The packet program of one node and its maps, which outlive the processes: may this packet be balanced, and where to.
/// The questions and their order are those of <c>bpf/own.h</c>.
/// </summary>
internal sealed class SimDataPath(SimNode node, Mutant mutant)
{
    private readonly Dictionary<(IpAddress Client, int Flow), TransportEndpoint> _flows = [];
    private readonly SortedDictionary<int, (Instant Claims, Instant Forwards)> _leases = [];
    private readonly List<PeerDirector> _heard = [];
    private int _cursor;

    public ForwardingPlan Plan { get; set; } = ForwardingPlan.Empty;

    public void Arm(int slot, Instant claims, Instant forwards) =>
        _leases[slot] = mutant == Mutant.EternalLease ? (new Instant(long.MaxValue), forwards) : (claims, forwards);

    public void Disarm(int slot)
    {
        if (mutant != Mutant.KeepsLease)
        {
            _leases.Remove(slot);
        }
    }

    /// <summary>When the lease ends; null: it is not granted.</summary>
    public Instant? LeaseEnd(int slot) =>
        _leases.TryGetValue(slot, out (Instant Claims, Instant Forwards) lease) ? lease.Claims : null;

    public bool HoldsLease(int slot, Instant now) => LeaseEnd(slot) > now;

    /// <summary>Somebody on the wire says that it has the VIP: no news to a living owner, but the end of a dead one's service.</summary>
    public void HearAnnouncement(Instant now)
    {
        foreach (PlannedService service in Plan.Services)
        {
            if (service.LeaseSlot is { } slot && LeaseEnd(slot) <= now && mutant != Mutant.MissesItsSuccessor)
            {
                _leases[slot] = (_leases[slot].Claims, default);
            }
        }
    }

    /// <summary>The connections are over.</summary>
    public void ForgetFlows() => _flows.Clear();

    public void LearnPeer(IpAddress address, MacAddress mac)
    {
        _heard.RemoveAll(peer => peer.Address == address);
        _heard.Add(new PeerDirector(mac, address));
        node.Meet(mac);
    }

    /// <summary>Whether this node's stack may answer who has the VIP.</summary>
    public bool MayAnswerArp(Instant now) => Plan.Services.IsEmpty || Claims(Plan.Services[0], now);

    public void Handle(Frame.ToVip packet, Instant now)
    {
        if (Plan.Services.IsEmpty)
        {
            node.Serve(packet);
            return;
        }

        PlannedService service = Plan.Services[0];
        (IpAddress Client, int Flow) key = (packet.Client, packet.Flow);
        bool isKnown = _flows.TryGetValue(key, out TransportEndpoint server);
        bool asks = !(isKnown && mutant == Mutant.ActsOnStaleEntries);
        if (asks && !MayBalance(service, packet, now))
        {
            node.Serve(packet);
        }
        else if (isKnown)
        {
            Forward(service, packet, server);
        }
        else if (packet.IsSyn && TryPick(service, out server))
        {
            _flows[key] = server;
            Forward(service, packet, server);
        }
    }

    private bool MayBalance(PlannedService service, Frame.ToVip packet, Instant now) =>
        (MayForward(service, now) || mutant == Mutant.BalancesUnarmed)
        && (mutant == Mutant.TrustsNobody || !service.HasLocalServer || !IsFromPeer(packet));

    private bool Claims(PlannedService service, Instant now) =>
        service.LeaseSlot is not { } slot || HoldsLease(slot, now);

    private bool MayForward(PlannedService service, Instant now) =>
        Claims(service, now)
        || (!service.HasLocalServer && _leases.TryGetValue(service.LeaseSlot!.Value, out (Instant Claims, Instant Forwards) lease)
            && lease.Forwards > now);

    private bool IsFromPeer(Frame.ToVip packet)
    {
        foreach (PeerDirector peer in Plan.Peers)
        {
            if (peer.Mac == packet.Source && peer.Address != packet.Client)
            {
                return true;
            }
        }

        return _heard.Exists(peer => peer.Mac == packet.Source && peer.Address != packet.Client);
    }

    private bool TryPick(PlannedService service, out TransportEndpoint server)
    {
        for (int i = 0; i < service.Servers.Length; i++)
        {
            _cursor = (_cursor + 1) % service.Servers.Length;
            PlannedServer candidate = service.Servers[_cursor];
            if (candidate.IsUp && (candidate.IsLocal || candidate.NextHop is not null))
            {
                server = candidate.Address;
                return true;
            }
        }

        server = default;
        return false;
    }

    private void Forward(PlannedService service, Frame.ToVip packet, TransportEndpoint server)
    {
        Frame.ToVip balanced = packet with { BalancedBy = packet.BalancedBy | (1 << node.Index) };
        foreach (PlannedServer candidate in service.Servers)
        {
            if (candidate.Address != server || !candidate.IsUp)
            {
                continue;
            }

            node.Cluster.Rules.OnBalanced(node, packet);
            if (candidate.IsLocal)
            {
                node.Serve(balanced);
            }
            else if (candidate.NextHop is { } hop)
            {
                node.Forward(balanced, hop);
            }
        }
    }
}
