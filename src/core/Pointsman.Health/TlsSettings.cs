namespace Pointsman.Health;

/// <summary>How a probe speaks TLS. The server's certificate is not verified, as keepalived does not.</summary>
/// <param name="MustClose"><c>tls_compliant</c>: an answer that ends without TLS's own closing is incomplete.</param>
public sealed record TlsSettings(bool MustClose = false);
