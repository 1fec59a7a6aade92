using System.Diagnostics;
using System.Security.Cryptography;
using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Vrrp;

/// <summary>
/// The receive checks of RFC 3768 §7.1, as far as they need no state. What the bytes alone tell comes first, so that a
/// damaged packet is never reported as a wrong password.
/// </summary>
internal sealed class VrrpReceiver(VrrpInstanceSettings settings, OwnAdvert own)
{
    /// <summary>RFC 3768 §5.2.3: no router has passed it on.</summary>
    public const byte RequiredTimeToLive = 255;

    /// <summary>The reason not to hear the packet, or <see cref="VrrpDiscardReason.None"/> and the advert.</summary>
    public VrrpDiscardReason Check(in ReceivedAdvert packet, IpAddress ownAddress, out VrrpAdvert advert)
    {
        advert = default;
        if (packet.TimeToLive != RequiredTimeToLive)
        {
            return VrrpDiscardReason.TimeToLive;
        }

        VrrpParseError error = VrrpAdvert.TryParse(packet.Bytes, out advert);
        if (error != VrrpParseError.None)
        {
            return ReasonOf(error);
        }

        if (advert.VirtualRouterId != settings.VirtualRouterId)
        {
            return VrrpDiscardReason.VirtualRouterId;
        }

        if (packet.Source == ownAddress)
        {
            return VrrpDiscardReason.OwnAddress;
        }

        if (advert.AuthType != own.AuthType)
        {
            return VrrpDiscardReason.AuthTypeMismatch;
        }

        if (own.AuthType == VrrpAuthType.SimplePassword
            && !CryptographicOperations.FixedTimeEquals(advert.AuthData, own.AuthData))
        {
            return VrrpDiscardReason.AuthFailure;
        }

        return advert.AdvertIntervalSeconds == own.IntervalSeconds ? VrrpDiscardReason.None : VrrpDiscardReason.AdvertInterval;
    }

    private static VrrpDiscardReason ReasonOf(VrrpParseError error) => error switch
    {
        VrrpParseError.TooShort => VrrpDiscardReason.TooShort,
        VrrpParseError.Version => VrrpDiscardReason.Version,
        VrrpParseError.Type => VrrpDiscardReason.Type,
        VrrpParseError.Length => VrrpDiscardReason.Length,
        VrrpParseError.AuthType => VrrpDiscardReason.AuthType,
        VrrpParseError.Checksum => VrrpDiscardReason.Checksum,
        VrrpParseError.None => throw new UnreachableException("an advert without error has no discard reason"),
        _ => throw new UnreachableException(),
    };
}
