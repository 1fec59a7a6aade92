namespace Pointsman.Wire;

/// <summary>RFC 3768 §5.3.6, with the meanings RFC 2338 gave to types 1 and 2, as keepalived still uses them.</summary>
public enum VrrpAuthType : byte
{
    None = 0,

    /// <summary>A password of up to eight bytes in clear.</summary>
    SimplePassword = 1,

    /// <summary>An IP authentication header before the VRRP packet.</summary>
    AuthenticationHeader = 2,
}
