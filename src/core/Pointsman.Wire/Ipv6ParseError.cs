namespace Pointsman.Wire;

/// <summary>Why bytes do not begin with a whole IPv6 packet. One member, one counter, one test.</summary>
public enum Ipv6ParseError
{
    None,

    /// <summary>Shorter than the fixed header.</summary>
    TooShort,

    /// <summary>A version other than 6.</summary>
    Version,

    /// <summary>A payload length beyond the bytes.</summary>
    PayloadLength,
}
