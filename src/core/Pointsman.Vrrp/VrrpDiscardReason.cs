namespace Pointsman.Vrrp;

/// <summary>Why a received packet was not heard. One member, one counter.</summary>
public enum VrrpDiscardReason
{
    None,

    /// <summary>TTL or hop limit other than 255: it crossed a router (RFC 9568 §5.1.1.3). Of a unicast peer: out of its bounds.</summary>
    TimeToLive,

    TooShort,

    /// <summary>Another protocol version than ours.</summary>
    Version,

    Type,
    Length,

    /// <summary>Version 3 without any address (RFC 9568 §5.2.5).</summary>
    NoAddress,

    Checksum,
    VirtualRouterId,

    /// <summary>An authentication type RFC 3768 does not name.</summary>
    AuthType,

    /// <summary>A known authentication type, but not ours.</summary>
    AuthTypeMismatch,

    /// <summary>The password is not ours.</summary>
    AuthFailure,

    /// <summary>An authentication header is missing, or is there and not expected.</summary>
    AuthHeader,

    /// <summary>The authentication header was made for another sender.</summary>
    AuthSender,

    /// <summary>A sequence number that was used before: an old packet sent once more.</summary>
    AuthReplay,

    /// <summary>Version 2: another advert interval than ours (RFC 3768 §7.1). Version 3: none at all.</summary>
    AdvertInterval,

    /// <summary>From our own address.</summary>
    OwnAddress,

    /// <summary>Multicast where unicast peers are configured, or the other way round.</summary>
    Delivery,

    /// <summary>Unicast from somebody who is no peer.</summary>
    UnknownPeer,

    /// <summary>The instance neither runs for mastership nor is master.</summary>
    NotListening,
}
