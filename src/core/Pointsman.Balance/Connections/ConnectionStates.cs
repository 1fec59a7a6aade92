using Pointsman.Base;

namespace Pointsman.Balance.Connections;

/// <summary>States of any protocol, as the one number that the connection table has for them.</summary>
public static class ConnectionStates
{
    /// <summary>Counted as ActiveConn.</summary>
    public static bool IsActive(int state) =>
        IsSctp(state) ? SctpStateMachine.IsActive((SctpState)state) : TcpStateMachine.IsActive((TcpState)state);

    /// <summary>What begins a connection on one in such a state is scheduled anew.</summary>
    public static bool IsOver(int state) =>
        IsSctp(state) ? SctpStateMachine.IsOver((SctpState)state) : TcpStateMachine.IsOver((TcpState)state);

    /// <summary>The state's name in <c>ipvsadm -Lnc</c>.</summary>
    public static string NameOf(TransportProtocol protocol, int state) => protocol switch
    {
        TransportProtocol.Udp => UdpStateMachine.Name,
        TransportProtocol.Sctp => SctpStateMachine.NameOf((SctpState)state),
        _ => TcpStateMachine.NameOf((TcpState)state),
    };

    /// <summary>Of which protocol a connection in such a state is: each has numbers of its own.</summary>
    public static TransportProtocol ProtocolOf(int state) =>
        IsSctp(state) ? TransportProtocol.Sctp : state > (int)TcpState.SynAck ? TransportProtocol.Udp : TransportProtocol.Tcp;

    internal static bool IsSctp(int state) => state >= (int)SctpState.None;
}
