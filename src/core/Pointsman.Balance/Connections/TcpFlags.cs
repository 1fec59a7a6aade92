namespace Pointsman.Balance.Connections;

/// <summary>The flags of a TCP header (RFC 9293 §3.1) that decide over a connection's state.</summary>
[Flags]
public enum TcpFlags
{
    None = 0,
    Fin = 1,
    Syn = 2,
    Reset = 4,
    Push = 8,
    Ack = 16,
    Urgent = 32,
}
