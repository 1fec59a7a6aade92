namespace Pointsman.Probes.Http;

/// <summary>How far the asking for a page got.</summary>
public enum HttpStep
{
    Connecting,
    Handshaking,
    Sending,

    /// <summary>The request is sent, and nothing has come back.</summary>
    Awaiting,

    Reading,

    /// <summary>The answer ended.</summary>
    Ended,
}
