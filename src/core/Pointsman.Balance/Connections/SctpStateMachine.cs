using System.Diagnostics;
using Pointsman.Base;
using static Pointsman.Balance.Connections.SctpState;

namespace Pointsman.Balance.Connections;

/// <summary>
/// How an association moves, by IPVS's tables: INPUT-ONLY for direct routing and tunnels, where servers answer past the
/// director, INPUT and OUTPUT for NAT. The data path has the same tables (bpf/tcp_state.h).
/// </summary>
public static class SctpStateMachine
{
    // Columns:   NO I1 IN CS CR CW CO CE ES SS SR SA RJ CL; rows in the order of SctpEvent.
    private static readonly SctpState[][] InputOnly =
    [
        Row("ES I1 IN CS CR ES CO CE ES SS SR SA RJ CL"),   // Data
        Row("I1 IN IN IN IN IN CO CE ES SS SR SA IN IN"),   // Init
        Row("CE CE CE CE CE CE CO CE ES SS SR SA RJ CL"),   // InitAck
        Row("ES ES ES ES ES ES CO CE ES SS SR SA RJ CL"),   // CookieEcho
        Row("ES I1 IN ES ES CW ES ES ES SS SR SA RJ CL"),   // CookieAck
        Row("SR I1 IN CS CR CW CO CE SR SS SR SA RJ CL"),   // Shutdown
        Row("CL IN IN CS CR CW CO CE CL CL SR CL RJ CL"),   // ShutdownAck
        Row("CL CL CL CL CL CW CO CE ES SS CL CL RJ CL"),   // ShutdownComplete
        Row("CL I1 IN CS CR CW CO CE ES SS SR SA RJ CL"),   // Error
        Row("CL CL CL CL CL RJ CL CL CL CL CL CL CL CL"),   // Abort
    ];

    // Columns:   NO I1 IN CS CR CW CO CE ES SS SR SA RJ CL; rows in the order of SctpEvent.
    private static readonly SctpState[][] Input =
    [
        Row("ES I1 IN CS CR CW CO CE ES SS SR SA RJ CL"),   // Data
        Row("I1 IN IN CS CR CW CO CE ES SS SR SA IN IN"),   // Init
        Row("CW CW CW CS CR CO CO CE ES SS SR SA RJ CL"),   // InitAck
        Row("CR IN IN CR CR CW CO CE ES SS SR SA RJ CL"),   // CookieEcho
        Row("ES I1 IN CS CR CW CO ES ES SS SR SA RJ CL"),   // CookieAck
        Row("SR I1 IN CS CR CW CO CE SR SS SR SA RJ CL"),   // Shutdown
        Row("CL IN IN CS CR CW CO CE ES CL SR CL RJ CL"),   // ShutdownAck
        Row("CL CL CL CS CR CW CO CE ES SS SR CL RJ CL"),   // ShutdownComplete
        Row("CL I1 IN CS CR CW CO CL ES SS SR SA RJ CL"),   // Error
        Row("CL CL CL CL CL RJ CL CL CL CL CL CL CL CL"),   // Abort
    ];

    // Columns:   NO I1 IN CS CR CW CO CE ES SS SR SA RJ CL; rows in the order of SctpEvent.
    private static readonly SctpState[][] Output =
    [
        Row("ES I1 IN CS CR CW CO CE ES SS SR SA RJ CL"),   // Data
        Row("CW CW CW CW CW CW CW CW ES CW CW CW CW CW"),   // Init
        Row("CS CS CS CS CR CW CO CE ES SS SR SA RJ CL"),   // InitAck
        Row("CE CE CE CE CE CE CE CE ES SS SR SA RJ CL"),   // CookieEcho
        Row("ES ES ES ES ES ES ES ES ES SS SR SA RJ CL"),   // CookieAck
        Row("SS SS SS SS SS SS SS SS SS SS SR SA RJ CL"),   // Shutdown
        Row("SA SA SA SA SA CW CO CE ES SA SA SA RJ CL"),   // ShutdownAck
        Row("CL I1 IN CS CR CW CO CE ES SS SR SA RJ CL"),   // ShutdownComplete
        Row("CL CL CL CL CL CW CO CE ES SS SR SA RJ CL"),   // Error
        Row("CL RJ CL CL CL CL CL CL CL CL CL CL CL CL"),   // Abort
    ];

    public static SctpState Next(SctpState state, SctpEvent chunk, TcpView view)
    {
        Invariant.That(Enum.IsDefined(state), "a state of the table");
        SctpState[][] table = view switch
        {
            TcpView.InputOnly => InputOnly,
            TcpView.Input => Input,
            TcpView.Output => Output,
            _ => throw new UnreachableException(),
        };
        return table[(int)chunk][state - None];
    }

    /// <param name="chunk">The type of a packet's first chunk.</param>
    public static SctpEvent EventOf(byte chunk) => chunk switch
    {
        1 => SctpEvent.Init,
        2 => SctpEvent.InitAck,
        6 => SctpEvent.Abort,
        7 => SctpEvent.Shutdown,
        8 => SctpEvent.ShutdownAck,
        9 => SctpEvent.Error,
        10 => SctpEvent.CookieEcho,
        11 => SctpEvent.CookieAck,
        14 => SctpEvent.ShutdownComplete,
        _ => SctpEvent.Data,
    };

    /// <summary>Counted as ActiveConn; every other association as InActConn.</summary>
    public static bool IsActive(SctpState state) => state is Established;

    /// <summary>An INIT on such an association is a new one from an old port, and is scheduled anew.</summary>
    public static bool IsOver(SctpState state) => state is Closed;

    /// <summary>The state's name in <c>ipvsadm -Lnc</c>.</summary>
    public static string NameOf(SctpState state) => state switch
    {
        None => "NONE",
        Init1 => "INIT1",
        Init => "INIT",
        CookieSent => "C-SENT",
        CookieReplied => "C-REPLIED",
        CookieWait => "C-WAIT",
        Cookie => "COOKIE",
        CookieEchoed => "C-ECHOED",
        Established => "ESTABLISHED",
        ShutdownSent => "S-SENT",
        ShutdownReceived => "S-RECEIVED",
        ShutdownAckSent => "S-ACK-SENT",
        Rejected => "REJECTED",
        Closed => "CLOSED",
        _ => throw new UnreachableException(),
    };

    private static SctpState[] Row(string cells) => [.. cells.Split(' ').Select(StateOf)];

    private static SctpState StateOf(string cell) => cell switch
    {
        "I1" => Init1,
        "IN" => Init,
        "CS" => CookieSent,
        "CR" => CookieReplied,
        "CW" => CookieWait,
        "CO" => Cookie,
        "CE" => CookieEchoed,
        "ES" => Established,
        "SS" => ShutdownSent,
        "SR" => ShutdownReceived,
        "SA" => ShutdownAckSent,
        "RJ" => Rejected,
        "CL" => Closed,
        _ => throw new UnreachableException(),
    };
}
