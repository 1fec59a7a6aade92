using System.Collections.Immutable;
using Pointsman.App.Ipvsadm;
using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.App.Tests.Ipvsadm;

/// <summary>Tables with the addresses and figures of recorded runs of ipvsadm 1.31 against the kernel's IPVS.</summary>
internal static class SampleTables
{
    /// <summary>Not in the order they are listed in.</summary>
    internal static IpvsTables Mixed { get; } = Tables(
        Service(TransportProtocol.Tcp, "2001:db8::80", 80, "mh", new IpvsPersistence(TimeSpan.FromSeconds(60), 64)) with
        {
            Servers = [Server("2001:db8::2", 80, ForwardingMethod.Masquerade)],
        },
        Service(TransportProtocol.Sctp, "192.0.2.1", 3868, "rr") with
        {
            Servers = [Server("198.51.100.1", 3868, ForwardingMethod.Tunnel)],
        },
        Service(TransportProtocol.Udp, "192.0.2.1", 53, "rr") with
        {
            Servers = [Server("198.51.100.1", 53, ForwardingMethod.Local)],
        },
        Service(TransportProtocol.Tcp, "192.0.2.1", 443, "wlc", new IpvsPersistence(TimeSpan.FromSeconds(360), 32)),
        Service(TransportProtocol.Tcp, "192.0.2.1", 80, "wrr", new IpvsPersistence(TimeSpan.FromSeconds(300), 24)) with
        {
            Servers =
            [
                Server("198.51.100.2", 80, ForwardingMethod.DirectRoute) with { Weight = 3 },
                Server("198.51.100.1", 80, ForwardingMethod.Masquerade) with { Weight = 0, Active = 12, Inactive = 345 },
            ],
        });

    internal static IpvsTables Busy { get; } = Tables(
        Service(TransportProtocol.Tcp, "10.1.0.100", 80, "rr") with
        {
            Counters = new IpvsCounters(4, 8363, 27521, 435280, 1259723700),
            Servers =
            [
                Server("10.2.0.21", 80, ForwardingMethod.Masquerade) with
                {
                    Active = 3,
                    PersistentConnections = 1,
                    Counters = new IpvsCounters(4, 8363, 27521, 435280, 1259723700),
                },
            ],
        });

    internal static IpvsTables WithConnections { get; } = Busy with
    {
        Connections =
        [
            Connection(TransportProtocol.Tcp, 895, "ESTABLISHED", "10.1.0.2", 44003, "10.1.0.100", 80, "10.2.0.22", 80),
            Connection(TransportProtocol.Tcp, 395, "ASSURED", "fd01::", 0, "fd01::100", 80, "fd02::22", 80),
            Connection(TransportProtocol.Udp, 294, "UDP", "10.1.0.2", 43003, "10.1.0.100", 53, "10.2.0.22", 5353),
            Connection(TransportProtocol.Tcp, 86400, "NONE", "10.1.0.2", 0, "10.1.0.100", 80, "198.51.100.1", 80),
        ],
    };

    internal static IpvsTables Tables(params ImmutableArray<IpvsService> services) =>
        new(4096, services, [], IpvsTimeouts.Default);

    internal static IpvsService Service(
        TransportProtocol protocol, string address, ushort port, string scheduler, IpvsPersistence? persistence = null) =>
        new(new ServiceKey(protocol, Endpoint(address, port)), scheduler, persistence, default, []);

    internal static IpvsServer Server(string address, ushort port, ForwardingMethod method) =>
        new(Endpoint(address, port), method, Weight: 1, Active: 0, Inactive: 0, PersistentConnections: 0, default);

    private static TransportEndpoint Endpoint(string address, ushort port) => new(IpAddress.Parse(address), port);

    private static IpvsConnection Connection(
        TransportProtocol protocol, int seconds, string state,
        string client, ushort clientPort, string vip, ushort vipPort, string server, ushort serverPort) => new(
            protocol, TimeSpan.FromSeconds(seconds), state,
            Endpoint(client, clientPort), Endpoint(vip, vipPort), Endpoint(server, serverPort));
}
