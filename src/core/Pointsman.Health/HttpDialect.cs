namespace Pointsman.Health;

/// <summary><c>http_protocol</c>: how a page is asked for.</summary>
public enum HttpDialect
{
    /// <summary>HTTP/1.0.</summary>
    Http10,

    /// <summary>HTTP/1.0 with <c>Connection: close</c>.</summary>
    Http10Close,

    /// <summary>HTTP/1.1, which always says <c>Connection: close</c>.</summary>
    Http11,
}
