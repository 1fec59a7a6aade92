using Pointsman.Base;

namespace Pointsman.Engine;

/// <summary>keepalived's way to write things in its log, which operators search for.</summary>
public static class OperatorText
{
    /// <summary><c>[192.168.1.200]:tcp:80</c>.</summary>
    public static string Service(TransportEndpoint endpoint, TransportProtocol protocol) =>
        $"[{endpoint.Address}]:{protocol.LowerCaseName()}:{endpoint.Port}";
}
