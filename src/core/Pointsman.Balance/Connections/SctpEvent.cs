namespace Pointsman.Balance.Connections;

/// <summary>What a packet means to the association's state: its first chunk, RFC 9260 §3.2.</summary>
public enum SctpEvent
{
    /// <summary>And every chunk that is none of the others.</summary>
    Data,
    Init,
    InitAck,
    CookieEcho,
    CookieAck,
    Shutdown,
    ShutdownAck,
    ShutdownComplete,
    Error,
    Abort,
}
