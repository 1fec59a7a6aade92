namespace Pointsman.Config.Model;

/// <summary><c>SSL</c>: what every <c>SSL_GET</c> shows of itself.</summary>
public sealed record TlsClientConfig(SourceSpan Source)
{
    /// <summary>The path of the certificate, the client's own first; null: it shows none.</summary>
    public string? Certificate { get; init; }

    /// <summary>Null: the key stands with the certificate.</summary>
    public string? Key { get; init; }

    /// <summary>Of the key.</summary>
    public string? Password { get; init; }

    /// <summary>The path of authorities' certificates. They complete what is shown; whom it is shown to is not verified.</summary>
    public string? Authorities { get; init; }
}
