using System.Globalization;
using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.App.Ipvsadm;

/// <summary><c>-S</c>: services and servers as command lines, which ipvsadm's <c>-R</c> reads, and Pointsman's.</summary>
internal static class SaveListing
{
    internal static void Write(IEnumerable<IpvsService> services, EndpointNames names, TextWriter output)
    {
        foreach (IpvsService service in services)
        {
            TransportProtocol protocol = service.Key.Protocol;
            string name = service.Key.IsMark
                ? string.Create(CultureInfo.InvariantCulture, $"-f {service.Key.Address.Mark}{(service.Key.Address.Address.IsV4 ? "" : " -6")}")
                : $"{OptionOf(protocol)} {names.Format(service.Key.Address, protocol)}";
            output.Write(string.Create(CultureInfo.InvariantCulture, $"-A {name} -s {service.Scheduler}{Persistence(service)}{Engine(service)}{(service.Flags.HasFlag(ServiceFlags.OnePacket) ? " -o" : "")}{Flags(service)}\n"));
            foreach (IpvsServer server in service.Servers.OrderBy(server => server.Address))
            {
                output.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"-a {name} -r {names.Format(server.Address, protocol)} {MethodOf(server.Method)} -w {server.Weight}{Tunnel(server)}\n"));
            }
        }
    }

    private static string OptionOf(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Tcp => "-t",
        TransportProtocol.Udp => "-u",
        _ => "--sctp-service",
    };

    private static string MethodOf(ForwardingMethod method) => method switch
    {
        ForwardingMethod.Masquerade => "-m",
        ForwardingMethod.Tunnel => "-i",
        _ => "-g",
    };

    private static string Tunnel(IpvsServer server) => (server.Method, server.Tunnel) switch
    {
        (not ForwardingMethod.Tunnel, _) => "",
        (_, TunnelKind.Gue) => string.Create(CultureInfo.InvariantCulture, $" --tun-type gue --tun-port {server.TunnelPort} --tun-{Checksum(server)}"),
        (_, TunnelKind.Gre) => $" --tun-type gre --tun-{Checksum(server)}",
        _ => " --tun-type ipip",
    };

    private static string Checksum(IpvsServer server) => server.TunnelChecksum switch
    {
        TunnelChecksum.None => "nocsum",
        TunnelChecksum.Outer => "csum",
        TunnelChecksum.Remote => "remcsum",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Persistence(IpvsService service) => service.Persistence is not { } persistence ? ""
        : string.Create(CultureInfo.InvariantCulture, $" -p {(long)persistence.Timeout.TotalSeconds}")
            + (persistence.Mask(service.Key.Address.Address) is { } mask ? $" -M {mask}" : "");

    // Also where clients are bound to nothing: ipvsadm -R may bind them later.
    private static string Engine(IpvsService service) => service.Flags.HasFlag(ServiceFlags.Calls) ? $" --pe {IpvsadmOrder.SipEngine}" : "";

    private static string Flags(IpvsService service)
    {
        string names = ServiceListing.FlagNames(service);
        return names.Length == 0 ? "" : $" -b {names}";
    }
}
