using System.Collections.Immutable;

namespace Pointsman.Health;

/// <summary>A page to ask for, and what is expected of it.</summary>
/// <param name="Path">As it stands in the request line.</param>
public sealed record HttpPage(string Path)
{
    /// <summary><c>virtualhost</c>; null: the target's address and port.</summary>
    public string? Host { get; init; }

    /// <summary>The name told in the TLS handshake (<c>enable_sni</c>); null: none.</summary>
    public string? SniName { get; init; }

    public ImmutableArray<HttpStatusRange> StatusCodes { get; init; } = HttpStatusRange.Successes;

    /// <summary>MD5 of the body, in lower-case hexadecimal digits.</summary>
    public string? Digest { get; init; }

    public BodyPattern? Pattern { get; init; }

    /// <summary><c>tls_compliant</c> of this page.</summary>
    public bool MustCloseTls { get; init; }

    public bool Accepts(int status) => StatusCodes.Any(range => range.Holds(status));

    public bool Equals(HttpPage? other) => other is not null && Path == other.Path && Host == other.Host
        && SniName == other.SniName && Digest == other.Digest && Pattern == other.Pattern
        && MustCloseTls == other.MustCloseTls && StatusCodes.SequenceEqual(other.StatusCodes);

    public override int GetHashCode() => HashCode.Combine(Path, Host, Digest, Pattern);
}
