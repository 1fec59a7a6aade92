namespace Pointsman.Balance;

/// <summary>What IPVS has as sysctls of all services (<c>net.ipv4.vs</c>), of one. The data path has the same numbers.</summary>
[Flags]
public enum ConnectionRules
{
    None = 0,

    /// <summary>conn_reuse_mode is set, and the next two say to what; else it is 1, as of IPVS.</summary>
    ReuseChosen = 0x01,

    /// <summary>A SYN on a connection in TIME_WAIT or CLOSE (SCTP: CLOSED) is a new one.</summary>
    ReuseClosed = 0x02,

    /// <summary>Also in FIN_WAIT, by direct routing and tunnels.</summary>
    ReuseFinWait = 0x04,

    /// <summary>
    /// expire_nodest_conn: connections whose server is gone end with the client's next packet, which the stack then
    /// refuses; a client that begins anew leaves a server of weight 0.
    /// </summary>
    ExpireNodest = 0x08,

    /// <summary>expire_quiescent_template: a server of weight 0 loses its persistent clients.</summary>
    ExpireQuiescent = 0x10,

    /// <summary>sloppy_tcp, sloppy_sctp: any packet begins a connection but a reset (SCTP: an abort).</summary>
    Sloppy = 0x20,
}
