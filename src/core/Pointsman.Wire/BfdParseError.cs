namespace Pointsman.Wire;

/// <summary>Why bytes are no BFD control packet that can be taken (RFC 5880 §6.8.6). One member, one counter, one test.</summary>
public enum BfdParseError
{
    None,

    /// <summary>Shorter than the mandatory section, or than its own length field says.</summary>
    Truncated,

    /// <summary>Not version 1.</summary>
    Version,

    /// <summary>The length field is less than a packet can be.</summary>
    Length,

    /// <summary>The detection multiplier is zero.</summary>
    Multiplier,

    /// <summary>The bit for point-to-multipoint is set.</summary>
    Multipoint,

    /// <summary>The sender's discriminator is zero.</summary>
    Discriminator,

    /// <summary>Authenticated: none is agreed on here.</summary>
    Authentication,
}
