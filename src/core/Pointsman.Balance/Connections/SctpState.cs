namespace Pointsman.Balance.Connections;

/// <summary>
/// An SCTP association as IPVS sees it. The numbers are IPVS's and sixteen, so that they are no state of TCP or UDP in a
/// table of all three.
/// </summary>
public enum SctpState
{
    None = 16,

    /// <summary>The client's first INIT came.</summary>
    Init1 = 17,

    /// <summary>Another INIT of the client came.</summary>
    Init = 18,

    /// <summary>The server sent its cookie.</summary>
    CookieSent = 19,

    /// <summary>The client gave it back.</summary>
    CookieReplied = 20,

    /// <summary>The server's INIT came: it waits for the client's cookie.</summary>
    CookieWait = 21,

    /// <summary>The client sent its cookie.</summary>
    Cookie = 22,

    /// <summary>The server gave it back.</summary>
    CookieEchoed = 23,
    Established = 24,

    /// <summary>The server shuts down.</summary>
    ShutdownSent = 25,

    /// <summary>The client shuts down.</summary>
    ShutdownReceived = 26,

    /// <summary>The server has agreed to that.</summary>
    ShutdownAckSent = 27,

    /// <summary>An INIT was answered with ABORT.</summary>
    Rejected = 28,
    Closed = 29,
}
