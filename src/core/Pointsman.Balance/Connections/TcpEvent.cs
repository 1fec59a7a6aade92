namespace Pointsman.Balance.Connections;

/// <summary>What one segment of the client means to the connection's state.</summary>
public enum TcpEvent
{
    Syn = 0,
    Fin = 1,
    Ack = 2,
    Reset = 3,

    /// <summary>None of these flags is set.</summary>
    Other = 4,
}
