using Pointsman.Wire;

namespace Pointsman.Vrrp;

/// <summary>Why a received packet was not heard. One member, one counter.</summary>
public enum VrrpDiscardReason
{
    None,

    /// <summary>TTL other than 255: it crossed a router (RFC 3768 §5.2.3).</summary>
    TimeToLive,

    TooShort,
    Version,
    Type,
    Length,
    Checksum,
    VirtualRouterId,

    /// <summary>An authentication type RFC 3768 does not name.</summary>
    AuthType,

    /// <summary>A known authentication type, but not ours.</summary>
    AuthTypeMismatch,

    /// <summary>The password is not ours.</summary>
    AuthFailure,

    /// <summary>Another advert interval than ours (RFC 3768 §7.1).</summary>
    AdvertInterval,

    /// <summary>From our own address.</summary>
    OwnAddress,

    /// <summary>The instance neither runs for mastership nor is master.</summary>
    NotListening,
}
