using System.Collections.Immutable;

namespace Pointsman.Config.Model;

/// <summary><c>url</c> of <c>HTTP_GET</c> and <c>SSL_GET</c>.</summary>
public sealed record HttpUrlConfig(SourceSpan Source)
{
    public string Path { get; init; } = "";

    /// <summary>32 hexadecimal digits in lower case; null: not compared.</summary>
    public string? Digest { get; init; }

    /// <summary>First and last of each range; empty: 200-299.</summary>
    public ImmutableArray<(int First, int Last)> StatusCodes { get; init; } = [];

    public string? VirtualHost { get; init; }

    /// <summary>Null: the body is not searched.</summary>
    public string? Regex { get; init; }

    /// <summary>Names of PCRE2.</summary>
    public ImmutableArray<string> RegexOptions { get; init; } = [];

    public bool RegexNoMatch { get; init; }

    public int RegexMinOffset { get; init; }

    /// <summary>The last byte at which a match may begin; null: anywhere.</summary>
    public int? RegexMaxOffset { get; init; }

    public bool TlsCompliant { get; init; }
}
