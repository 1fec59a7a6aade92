namespace Pointsman.Wire;

/// <summary>Why bytes are not a VRRP advertisement. One member, one counter, one test.</summary>
public enum VrrpParseError
{
    None,

    /// <summary>Shorter than the fixed header.</summary>
    TooShort,

    /// <summary>A protocol version other than 2 and 3, or version 2 over IPv6.</summary>
    Version,

    /// <summary>A packet type other than ADVERTISEMENT.</summary>
    Type,

    /// <summary>The length is not what the address count asks for.</summary>
    Length,

    /// <summary>Version 3 without any address (RFC 9568 §5.2.5).</summary>
    NoAddress,

    /// <summary>An authentication type RFC 3768 does not name.</summary>
    AuthType,

    /// <summary>The checksum fits the bytes in none of its readings.</summary>
    Checksum,
}
