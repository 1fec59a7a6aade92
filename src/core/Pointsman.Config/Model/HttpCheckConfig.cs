using System.Collections.Immutable;

namespace Pointsman.Config.Model;

/// <summary><c>HTTP_GET</c>, and <c>SSL_GET</c> where <paramref name="IsTls"/>.</summary>
public sealed record HttpCheckConfig(SourceSpan Source, bool IsTls) : CheckerConfig(Source)
{
    /// <summary><c>1.0</c>, <c>1.0C</c> or <c>1.1</c>.</summary>
    public string HttpProtocol { get; init; } = "1.0";

    /// <summary>Null: the real server's, the virtual server's, or the address that is asked.</summary>
    public string? VirtualHost { get; init; }

    public bool EnableSni { get; init; }

    /// <summary>Null: the virtual host.</summary>
    public string? SniName { get; init; }

    public bool FastRecovery { get; init; }

    public bool TlsCompliant { get; init; }

    /// <summary>At least one.</summary>
    public ImmutableArray<HttpUrlConfig> Urls { get; init; } = [];

    internal override TimeSpan? DelayBeforeRetryByDefault => TimeSpan.FromSeconds(3);
}
