namespace Pointsman.Balance.Connections;

/// <summary>Whose packet moves a connection, and whether the other side's are seen as well; IPVS's tables.</summary>
public enum TcpView
{
    /// <summary>The client's, where the server's are never seen: direct routing and tunnels.</summary>
    InputOnly,

    /// <summary>The client's, where both are seen: NAT.</summary>
    Input,

    /// <summary>The server's.</summary>
    Output,
}
