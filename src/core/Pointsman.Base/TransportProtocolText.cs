using System.Diagnostics;

namespace Pointsman.Base;

/// <summary>How people write a protocol: <c>TCP</c> in listings, <c>tcp</c> in logs and files.</summary>
public static class TransportProtocolText
{
    public static string UpperCaseName(this TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Tcp => "TCP",
        TransportProtocol.Udp => "UDP",
        TransportProtocol.Sctp => "SCTP",
        _ => throw new UnreachableException(),
    };

    public static string LowerCaseName(this TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Tcp => "tcp",
        TransportProtocol.Udp => "udp",
        TransportProtocol.Sctp => "sctp",
        _ => throw new UnreachableException(),
    };
}
