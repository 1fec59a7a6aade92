namespace Pointsman.Wire;

/// <summary>Why bytes do not begin with a whole IPv4 packet. One member, one counter, one test.</summary>
public enum Ipv4ParseError
{
    None,

    /// <summary>Shorter than the header without options.</summary>
    TooShort,

    /// <summary>A version other than 4.</summary>
    Version,

    /// <summary>A header length below five words or beyond the bytes.</summary>
    HeaderLength,

    /// <summary>A total length smaller than the header or beyond the bytes.</summary>
    TotalLength,

    /// <summary>The header checksum does not fit.</summary>
    Checksum,

    /// <summary>A piece of a larger packet.</summary>
    Fragment,
}
