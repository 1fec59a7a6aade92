namespace Pointsman.Health;

/// <summary>How a probe speaks TLS. The server's certificate is not verified, as keepalived does not.</summary>
/// <param name="MustClose"><c>tls_compliant</c>: an answer that ends without TLS's own closing is incomplete.</param>
public sealed record TlsSettings(bool MustClose = false)
{
    /// <summary>What a probe shows of itself; null: nothing.</summary>
    public TlsClientFiles? Client { get; init; }
}

/// <summary>Where a client's certificate is (PEM).</summary>
/// <param name="Certificate">The client's own, and after it those of its issuers.</param>
/// <param name="Password">Of the key; null: it has none.</param>
/// <param name="Authorities">More issuers, to be shown with it; null: none.</param>
public sealed record TlsClientFiles(string Certificate, string Key, string? Password, string? Authorities)
{
    // The password is nobody's to read.
    public override string ToString() => Certificate;
}
