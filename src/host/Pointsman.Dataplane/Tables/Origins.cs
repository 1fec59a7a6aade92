using Pointsman.Balance;
using Pointsman.Balance.Connections;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// What clients of services by a mark, and of all ports, have asked for. A connection's entry does not say; packets note it beside,
/// for as many connections as there is room.
/// </summary>
internal sealed class Origins(PinnedTables tables)
{
    private readonly Lazy<ILookup<Asker, (TransportProtocol Protocol, TransportEndpoint Target)>> _all = new(() => Read(tables));

    /// <summary>The protocol and the end that the client knows.</summary>
    internal (TransportProtocol Protocol, TransportEndpoint Target) Of(in PmServer server, in PmFlow flow, TransportEndpoint client, int bucket)
    {
        ServiceKey service = KeyNames.Read(tables, KeyNames.Of(server));
        if (!service.IsMark && service.Address.Port != 0)
        {
            return (service.Protocol, service.Address);
        }

        // One port of a client may have gone to several addresses: the entry's place tells which of them this is.
        foreach ((TransportProtocol protocol, TransportEndpoint target) in _all.Value[new Asker(client, flow.Server)])
        {
            // Packets are hashed by what the program knows the target by: of a mark any address, of a service its own.
            Be32 known = service.IsMark ? new Be32(Prefilter.Fold(target.Address)) : server.Vip;
            ushort salt = FlowHash.Client(tables.Settings[0], client.Address).Salt;
            if (FlowHash.Of(tables.Settings[0], flow.Saddr, salt, client.Port, known, target.Port, (byte)protocol, tables.Flows.Count / PmLimit.BucketEntries)
                == (bucket, flow.Tag))
            {
                return (protocol, target);
            }
        }

        return (service.IsMark ? ConnectionStates.ProtocolOf(flow.State) : service.Protocol, service.Address);
    }

    private static ILookup<Asker, (TransportProtocol Protocol, TransportEndpoint Target)> Read(PinnedTables tables)
    {
        var all = new List<(Asker Asker, TransportProtocol Protocol, TransportEndpoint Target)>();
        foreach (PmOriginKey key in tables.Origins.Keys<PmOriginKey>())
        {
            if (tables.Origins.TryLookup(key, out PmOrigin origin))
            {
                all.Add((
                    new Asker(new TransportEndpoint(key.Client.Address, key.ClientPort.Value), key.Server),
                    (TransportProtocol)key.Proto,
                    new TransportEndpoint(origin.Vip.Address, origin.Vport.Value)));
            }
        }

        return all.ToLookup(one => one.Asker, one => (one.Protocol, one.Target));
    }

    private readonly record struct Asker(TransportEndpoint Client, ushort Server);
}
