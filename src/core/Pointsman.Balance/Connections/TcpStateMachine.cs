using System.Diagnostics;
using Pointsman.Base;
using static Pointsman.Balance.Connections.TcpState;

namespace Pointsman.Balance.Connections;

/// <summary>
/// How a connection moves when only its client is heard: IPVS's INPUT-ONLY table, which holds for direct routing, where
/// servers answer past the director. The data path has the same table (bpf/tcp_state.h).
/// </summary>
public static class TcpStateMachine
{
    // Columns:                                          NO ES SS SR FW TW CL CW LA LI SA
    private static readonly TcpState[] OnSyn = Row("SR ES ES SR SR SR SR SR SR SR SR");
    private static readonly TcpState[] OnFin = Row("CL FW SS TW FW TW CL CW LA LI TW");
    private static readonly TcpState[] OnAck = Row("ES ES SS ES FW TW CL CW CL LI ES");
    private static readonly TcpState[] OnReset = Row("CL CL CL SR CL CL CL CL LA LI CL");

    public static TcpState Next(TcpState state, TcpEvent segment)
    {
        Invariant.That(Enum.IsDefined(state), "a state of the table");
        return segment switch
        {
            TcpEvent.Syn => OnSyn[(int)state],
            TcpEvent.Fin => OnFin[(int)state],
            TcpEvent.Ack => OnAck[(int)state],
            TcpEvent.Reset => OnReset[(int)state],
            TcpEvent.Other => Close,
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Of several flags the first of RST, SYN, FIN, ACK counts.</summary>
    public static TcpEvent EventOf(TcpFlags flags) => flags switch
    {
        _ when flags.HasFlag(TcpFlags.Reset) => TcpEvent.Reset,
        _ when flags.HasFlag(TcpFlags.Syn) => TcpEvent.Syn,
        _ when flags.HasFlag(TcpFlags.Fin) => TcpEvent.Fin,
        _ when flags.HasFlag(TcpFlags.Ack) => TcpEvent.Ack,
        _ => TcpEvent.Other,
    };

    /// <summary>Counted as ActiveConn; every other connection as InActConn.</summary>
    public static bool IsActive(TcpState state) => state is Established or SynSent or SynReceived or SynAck;

    /// <summary>
    /// A SYN on such a connection is a new one that uses an old port again, and is scheduled anew. IPVS does so for
    /// TIME_WAIT and CLOSE; here also for FIN_WAIT, where with direct routing every normal close stays for minutes.
    /// </summary>
    public static bool IsOver(TcpState state) => state is TimeWait or Close or FinWait or LastAck;

    /// <summary>The state's name in <c>ipvsadm -Lnc</c>.</summary>
    public static string NameOf(TcpState state) => state switch
    {
        None => "NONE",
        Established => "ESTABLISHED",
        SynSent => "SYN_SENT",
        SynReceived => "SYN_RECV",
        FinWait => "FIN_WAIT",
        TimeWait => "TIME_WAIT",
        Close => "CLOSE",
        CloseWait => "CLOSE_WAIT",
        LastAck => "LAST_ACK",
        Listen => "LISTEN",
        SynAck => "SYNACK",
        _ => throw new UnreachableException(),
    };

    private static TcpState[] Row(string cells) => [.. cells.Split(' ').Select(StateOf)];

    private static TcpState StateOf(string cell) => cell switch
    {
        "ES" => Established,
        "SS" => SynSent,
        "SR" => SynReceived,
        "FW" => FinWait,
        "TW" => TimeWait,
        "CL" => Close,
        "CW" => CloseWait,
        "LA" => LastAck,
        "LI" => Listen,
        _ => throw new UnreachableException(),
    };
}
