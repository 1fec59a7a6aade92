namespace Pointsman.Balance.Connections;

/// <summary>A TCP connection as the director sees it; IPVS's numbers and names.</summary>
public enum TcpState
{
    None = 0,
    Established = 1,
    SynSent = 2,
    SynReceived = 3,
    FinWait = 4,
    TimeWait = 5,
    Close = 6,
    CloseWait = 7,
    LastAck = 8,
    Listen = 9,
    SynAck = 10,
}
