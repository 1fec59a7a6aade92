namespace Pointsman.Balance.Connections;

/// <summary>
/// What is known of a client that sends datagrams. IPVS has one state for all of it; ours last equally long and differ
/// in who gives way when there is no more room.
/// </summary>
public enum UdpState
{
    /// <summary>One datagram came, perhaps from a forged address.</summary>
    New = 11,

    /// <summary>The client sent another.</summary>
    Known = 12,

    /// <summary>The server's answer was seen, which is so with NAT only.</summary>
    Answered = 13,
}
