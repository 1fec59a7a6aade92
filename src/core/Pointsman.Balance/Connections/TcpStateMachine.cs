using System.Diagnostics;
using Pointsman.Base;
using static Pointsman.Balance.Connections.TcpState;

namespace Pointsman.Balance.Connections;

/// <summary>
/// How a connection moves, by IPVS's tables: INPUT-ONLY for direct routing, where servers answer past the director, INPUT
/// and OUTPUT for NAT. The data path has the same tables (bpf/tcp_state.h).
/// </summary>
public static class TcpStateMachine
{
    // Columns:                                          NO ES SS SR FW TW CL CW LA LI SA
    private static readonly TcpState[] OnSyn = Row("SR ES ES SR SR SR SR SR SR SR SR");
    private static readonly TcpState[] OnFin = Row("CL FW SS TW FW TW CL CW LA LI TW");
    private static readonly TcpState[] OnAck = Row("ES ES SS ES FW TW CL CW CL LI ES");
    private static readonly TcpState[] OnReset = Row("CL CL CL SR CL CL CL CL LA LI CL");

    // What INPUT has otherwise; and OUTPUT.
    private static readonly TcpState[] OnClientFin = Row("CL CW SS TW TW TW CL CW LA LI TW");
    private static readonly TcpState[] OnClientReset = Row("CL CL CL SR CL CL CL CL LA LI SR");
    private static readonly TcpState[] OnServerSyn = Row("SS ES SS SR SS SS SS SS SS LI SR");
    private static readonly TcpState[] OnServerFin = Row("TW FW SS TW FW TW CL TW LA LI TW");
    private static readonly TcpState[] OnServerAck = Row("ES ES SS ES FW TW CL CW LA ES ES");
    private static readonly TcpState[] OnServerReset = Row("CL CL SS CL CL TW CL CL CL CL CL");

    /// <summary>A segment of the client, when only the client is heard.</summary>
    public static TcpState Next(TcpState state, TcpEvent segment) => Next(state, segment, TcpView.InputOnly);

    public static TcpState Next(TcpState state, TcpEvent segment, TcpView view)
    {
        Invariant.That(Enum.IsDefined(state), "a state of the table");
        return (segment, view) switch
        {
            (TcpEvent.Syn, TcpView.Output) => OnServerSyn[(int)state],
            (TcpEvent.Fin, TcpView.Output) => OnServerFin[(int)state],
            (TcpEvent.Ack, TcpView.Output) => OnServerAck[(int)state],
            (TcpEvent.Reset, TcpView.Output) => OnServerReset[(int)state],
            (TcpEvent.Fin, TcpView.Input) => OnClientFin[(int)state],
            (TcpEvent.Reset, TcpView.Input) => OnClientReset[(int)state],
            (TcpEvent.Syn, _) => OnSyn[(int)state],
            (TcpEvent.Fin, _) => OnFin[(int)state],
            (TcpEvent.Ack, _) => OnAck[(int)state],
            (TcpEvent.Reset, _) => OnReset[(int)state],
            (TcpEvent.Other, _) => Close,
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
    /// A SYN on such a connection is a new one that uses an old port again, and is scheduled anew, unless the service's rules
    /// say otherwise.
    /// </summary>
    public static bool IsOver(TcpState state) => state is TimeWait or Close;

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
