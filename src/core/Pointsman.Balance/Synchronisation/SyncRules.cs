using Pointsman.Balance.Connections;
using Pointsman.Base;

namespace Pointsman.Balance.Synchronisation;

/// <summary>Which connections one director tells the others of, and in which numbers.</summary>
public static class SyncRules
{
    /// <summary>Of a persistence template that is assured; any other has 0.</summary>
    public const ushort AssuredState = 1;

    /// <summary>
    /// Those of IPVS: established, or on its way to the end. Of UDP, for which IPVS counts packets, a client that sent more than
    /// once: a single datagram may be forged.
    /// </summary>
    public static bool IsTold(byte state) => state
        is (byte)TcpState.Established or (byte)TcpState.FinWait or (byte)TcpState.TimeWait or (byte)TcpState.Close or (byte)TcpState.CloseWait
        or (byte)UdpState.Known or (byte)UdpState.Answered
        or (byte)SctpState.Established or (byte)SctpState.ShutdownSent or (byte)SctpState.ShutdownReceived
        or (byte)SctpState.ShutdownAckSent or (byte)SctpState.Closed;

    /// <summary>The state in IPVS's number of its protocol.</summary>
    public static ushort NumberOf(byte state) =>
        state >= (byte)SctpState.None ? (ushort)(state - (byte)SctpState.None)
        : state >= (byte)UdpState.New ? (ushort)0
        : state;

    /// <summary>The state that a number means; null: the protocol has none of this number, or is not balanced here.</summary>
    public static byte? StateOf(byte protocol, ushort number) => (TransportProtocol)protocol switch
    {
        TransportProtocol.Tcp when number <= (ushort)TcpState.SynAck => (byte)number,
        TransportProtocol.Udp when number == 0 => (byte)UdpState.Known,
        TransportProtocol.Sctp when number <= SctpState.Closed - SctpState.None => (byte)((byte)SctpState.None + number),
        _ => null,
    };

    /// <summary>
    /// The others know that it stands until a moment that comes near, while it stands much longer here. They are told again when
    /// half of the time is over.
    /// </summary>
    /// <param name="knownLeft">Until it is over as far as the others know; in the units of <paramref name="left"/>.</param>
    /// <param name="left">Until it is over.</param>
    public static bool IsRefreshDue(int knownLeft, int left) => knownLeft < left / 2;
}
