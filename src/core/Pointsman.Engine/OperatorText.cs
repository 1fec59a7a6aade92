using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Engine;

/// <summary>keepalived's way to write things in its log, which operators search for.</summary>
public static class OperatorText
{
    /// <summary>A virtual server; of a group <c>[WEB]:0</c>, as keepalived has it.</summary>
    public static string Service(VirtualServerConfig server) =>
        server.Group is { } group ? $"[{group}]:0" : Service(server.Address, server.Protocol);

    /// <summary><c>[192.168.1.200]:tcp:80</c>.</summary>
    public static string Service(TransportEndpoint endpoint, TransportProtocol protocol) =>
        endpoint.Mark != 0 ? $"FWM {endpoint.Mark}" : $"[{endpoint.Address}]:{protocol.LowerCaseName()}:{endpoint.Port}";
}
