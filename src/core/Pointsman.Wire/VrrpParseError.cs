namespace Pointsman.Wire;

/// <summary>Why bytes are not a VRRP advertisement. One member, one counter, one test.</summary>
public enum VrrpParseError
{
    None,

    /// <summary>Shorter than the fixed header.</summary>
    TooShort,

    /// <summary>A protocol version this codec does not read.</summary>
    Version,

    /// <summary>A packet type other than ADVERTISEMENT.</summary>
    Type,

    /// <summary>The length is not what the address count asks for.</summary>
    Length,

    /// <summary>An authentication type RFC 3768 does not name.</summary>
    AuthType,

    /// <summary>The checksum does not fit the bytes.</summary>
    Checksum,
}
