namespace Pointsman.Config.Model;

/// <summary><c>DNS_CHECK</c>.</summary>
public sealed record DnsCheckConfig(SourceSpan Source) : CheckerConfig(Source)
{
    /// <summary>As it is typed: <c>SOA</c>.</summary>
    public string Type { get; init; } = "SOA";

    /// <summary>The number of the type. RFC 1035 §3.2.2.</summary>
    public ushort RecordType => Type switch
    {
        "A" => 1,
        "NS" => 2,
        "CNAME" => 5,
        "SOA" => 6,
        "MX" => 15,
        "TXT" => 16,
        "AAAA" => 28,
        "RRSIG" => 46,
        "DNSKEY" => 48,
        _ => throw new System.Diagnostics.UnreachableException("the choice was checked"),
    };

    public string Name { get; init; } = ".";

    internal override int RetryByDefault => 3;

    internal override TimeSpan? DelayBeforeRetryByDefault => null;
}
