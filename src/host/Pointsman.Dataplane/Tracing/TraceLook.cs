using System.Collections.Immutable;
using System.Globalization;
using Pointsman.Balance;
using Pointsman.Balance.Connections;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Marks;
using Pointsman.Dataplane.Tables;

namespace Pointsman.Dataplane.Tracing;

/// <summary>Reads from the tables what the data path asks of a packet, in its order.</summary>
internal sealed class TraceLook(PinnedTables tables, OwnershipLeases leases, TracePacket packet, Func<int, string> nameOf)
{
    private readonly PlannedService? _service = Find(PlanReader.Read(tables, []), packet);

    private ConnectionEntry? _connection;

    /// <summary>A service by address and port is asked on the wire, before the firewall; what it takes never bears a mark.</summary>
    internal static bool IsTakenUnmarked(PinnedTables tables, TracePacket packet) =>
        packet.Mark != 0 && Find(PlanReader.Read(tables, []), packet with { Mark = 0 }) is not null;

    internal string Describe()
    {
        string flags = packet.Protocol switch
        {
            TransportProtocol.Tcp => $" {FlagNames(packet.TcpFlags)}",
            TransportProtocol.Sctp => $" {SctpChunks.NameOf(packet.Chunk)}",
            _ => "",
        };
        string mark = packet.Mark == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" mark {packet.Mark}");
        return $"{packet.Protocol.UpperCaseName()} {packet.Source} -> {packet.Target}{flags}{mark}";
    }

    /// <param name="interfaceIndex">That it comes in by; null: the one for marked packets is missing.</param>
    internal ImmutableArray<TraceStep> Before(int? interfaceIndex)
    {
        _connection = Find();
        return
        [
            new TraceStep("interface", interfaceIndex is not { } index ? $"{MarkNames.Far} is missing: no marked packet comes here"
                : packet.Mark != 0 ? $"{nameOf(index)}, from the firewall"
                : $"{nameOf(index)}, from {packet.SourceMac}"),
            new TraceStep("service", _service is null ? WithoutService() : Describe(_service)),
            .. _service is null ? Array.Empty<TraceStep>() :
            [
                new TraceStep("armed", Armed(_service)),
                new TraceStep("peer director", Peer(_service)),
                new TraceStep("connection", _connection is null ? "none" : Describe(_connection)),
                .. Persistence(_service),
            ],
        ];
    }

    /// <param name="slot">Of the server that the packet was counted for; 0: none.</param>
    /// <param name="isTooLarge">For the way to that server.</param>
    internal ImmutableArray<TraceStep> After(int slot, bool isTooLarge)
    {
        if (slot == 0)
        {
            return [];
        }

        PmServer server = tables.Servers[slot];
        TransportEndpoint real = TableReader.RealServer(tables, server);
        string address = (real.Port == 0 ? real with { Port = packet.Target.Port } : real).ToString();
        ConnectionEntry? now = Find();
        var steps = ImmutableArray.CreateBuilder<TraceStep>();
        if (_connection is null && _service is not null)
        {
            steps.Add(new TraceStep(
                "scheduler", $"{_service.Scheduler.ToString().ToLowerInvariant()} takes {address}{(now is null ? ", and remembers no connection" : "")}"));
        }

        steps.Add(new TraceStep("server", $"{address} {Method(server)} weight {server.Weight}{(_connection is null ? "" : ", as its connection says")}"));
        steps.Add(new TraceStep("next hop", Hop(server)));
        if (isTooLarge)
        {
            string through = (server.Flags & (ushort)PmServerFlag.Tunnel) == 0 ? "the way" : "the tunnel";
            steps.Add(new TraceStep("size", string.Create(CultureInfo.InvariantCulture, $"{packet.TotalBytes} bytes; {through} to it takes {RoomOf(server)}")));
        }

        if (now is not null && now.State != _connection?.State)
        {
            steps.Add(new TraceStep("connection then", Describe(now)));
        }

        return steps.ToImmutable();
    }

    // The one of its mark; without one that of this port, else the one of all ports.
    private static PlannedService? Find(ForwardingPlan plan, TracePacket packet)
    {
        PlannedService? Of(TransportEndpoint target) =>
            plan.Services.FirstOrDefault(service => service.Key == ServiceKey.Of(packet.Protocol, target));
        return packet.Mark != 0
            ? Of(TransportEndpoint.OfMark(packet.Mark, packet.Target.Address.Family))
            : Of(packet.Target) ?? Of(packet.Target with { Port = 0 });
    }

    private ConnectionEntry? Find() => ConnectionList.Read(tables).FirstOrDefault(entry =>
        !entry.IsTemplate && entry.Protocol == packet.Protocol && entry.Client == packet.Source && entry.Virtual == packet.Target
        && entry.Ends.Mark == packet.Mark);

    private string WithoutService()
    {
        if (packet.Mark != 0)
        {
            return $"none is known by {TransportEndpoint.OfMark(packet.Mark, packet.Target.Address.Family)}";
        }

        bool isVip = PlanReader.Read(tables, []).Services.Any(service => service.Key.Address.Address == packet.Target.Address);
        return isVip
            ? $"none has {packet.Protocol.UpperCaseName()} port {packet.Target.Port} of {packet.Target.Address}"
            : $"none has the address {packet.Target.Address}";
    }

    private static string Describe(PlannedService service)
    {
        string persistence = service.Persistence is { } time
            ? string.Create(CultureInfo.InvariantCulture, $" persistent {time.TotalSeconds:0}") + (service.Flags.HasFlag(ServiceFlags.Calls) ? $" pe {CallRecords.Engine}" : "") : "";
        int up = service.Servers.Count(server => server.IsUp && server.Weight > 0);
        string onePacket = service.Flags.HasFlag(ServiceFlags.OnePacket) ? " ops" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{service.Key} {service.Scheduler.ToString().ToLowerInvariant()}{persistence}{onePacket}, {up} of {service.Servers.Length} servers take new connections");
    }

    private string Armed(PlannedService service)
    {
        (int? lent, bool hasLocalServer) = service.Key.IsMark ? OwnerOfTarget() : (service.LeaseSlot, service.HasLocalServer);
        if (lent is not { } slot)
        {
            return "yes: no instance moves the address";
        }

        LeaseView lease = leases.Read(slot);
        TimeSpan left = hasLocalServer ? lease.Claims : lease.Forwards;
        return left > TimeSpan.Zero
            ? string.Create(CultureInfo.InvariantCulture, $"yes: lease {slot} holds for another {left.TotalSeconds:0.0} s")
            : string.Create(CultureInfo.InvariantCulture, $"no: lease {slot} is not held, this node does not own the address");
    }

    // A mark names no address: what was asked for may be one that moves, or any other.
    private (int? Slot, bool HasLocalServer) OwnerOfTarget() =>
        tables.Vips.TryLookup(new Be128(packet.Target.Address), out PmVip vip) && (vip.OwnerFlags & (uint)PmOwnerFlag.NeedsLease) != 0
            ? ((int)vip.Lease, (vip.OwnerFlags & (uint)PmOwnerFlag.HasLocal) != 0)
            : (null, false);

    private string Peer(PlannedService service)
    {
        if (service.Key.IsMark)
        {
            return "not known: the packet comes from the firewall";
        }

        if (!service.HasLocalServer)
        {
            return "not asked: none of its servers is this node";
        }

        List<PeerDirector> known = [];
        foreach (ref readonly PmPeer place in tables.Peers.Span)
        {
            if (PeerRecord.Read(place) is { } peer && peer.Mac == packet.SourceMac)
            {
                known.Add(peer);
            }
        }

        return known.Count == 0 ? "no: the frame is from none"
            : known.Any(peer => peer.Address == packet.Source.Address) ? "no: from one, and a client of its own"
            : "yes: it has balanced the packet already";
    }

    private ImmutableArray<TraceStep> Persistence(PlannedService service)
    {
        if (service.Persistence is null)
        {
            return [];
        }

        if (service.Flags.HasFlag(ServiceFlags.Calls))
        {
            return [new TraceStep("persistence", "by the Call-ID, and the packet has none: it can only go on with a connection")];
        }

        IpAddress network = new PersistenceRule(default, service.PersistencePrefixLength) { Gaps = service.PersistenceGaps }
            .NetworkOf(packet.Source.Address);
        ConnectionEntry? template = ConnectionList.Read(tables).FirstOrDefault(entry =>
            entry.IsTemplate && entry.Protocol == service.Key.Protocol && entry.Virtual == service.Key.Address
            && entry.Client.Address == network);
        return [new TraceStep("persistence", template is null ? "the client is bound to no server" : $"bound to {template.Server}")];
    }

    private static string Describe(ConnectionEntry entry) => string.Create(
        CultureInfo.InvariantCulture, $"{entry.State} with {entry.Server}, ends in {entry.ExpiresIn.TotalSeconds:0} s without a packet");

    private static string Method(in PmServer server) => (ForwardingMethod)server.Method switch
    {
        ForwardingMethod.Masquerade => "Masq",
        ForwardingMethod.Local => "Local",
        ForwardingMethod.Tunnel => "Tunnel",
        _ => "Route",
    };

    // As pm_tunnel_bytes of bpf/tunnel.h.
    private static int RoomOf(in PmServer server)
    {
        var flags = (PmServerFlag)server.Flags;
        if (!flags.HasFlag(PmServerFlag.Tunnel))
        {
            return server.Mtu;
        }

        int shim = (TunnelKind)server.Tunnel switch
        {
            TunnelKind.Gue => 12,
            TunnelKind.Gre => flags.HasFlag(PmServerFlag.Summed) ? 8 : 4,
            _ => 0,
        };
        return server.Mtu - (flags.HasFlag(PmServerFlag.V6) ? 40 : 20) - shim;
    }

    private string Hop(in PmServer server)
    {
        if ((server.Flags & (ushort)PmServerFlag.Local) != 0)
        {
            return "this node";
        }

        return (server.Flags & (ushort)PmServerFlag.HasMac) == 0
            ? "not known: its neighbour does not answer"
            : $"{MacAddress.FromBytes(server.TargetMac)} by {nameOf((int)server.Ifindex)}";
    }

    private static string FlagNames(byte flags)
    {
        (byte Bit, string Name)[] all = [(0x02, "SYN"), (0x10, "ACK"), (0x01, "FIN"), (0x04, "RST"), (0x08, "PSH")];
        return string.Join('+', all.Where(flag => (flags & flag.Bit) != 0).Select(flag => flag.Name)) is { Length: > 0 } names ? names : "no flags";
    }
}
