using System.Diagnostics;
using System.Security.Cryptography;
using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Vrrp;

/// <summary>
/// The receive checks of RFC 3768 §7.1 and RFC 9568 §7.1 in their order. What the bytes alone tell comes first, so that a
/// damaged packet is never reported as a wrong password.
/// </summary>
internal sealed class VrrpReceiver(VrrpInstanceSettings settings, OwnAdvert own)
{
    /// <summary>RFC 3768 §5.2.3, RFC 9568 §5.1.1.3: no router has passed it on.</summary>
    public const byte RequiredTimeToLive = 255;

    /// <summary>The reason not to hear the packet, or <see cref="VrrpDiscardReason.None"/> and the advert.</summary>
    public VrrpDiscardReason Check(in ReceivedAdvert packet, IpAddress ownAddress, out VrrpAdvert advert)
    {
        advert = default;
        if (!HasRightTimeToLive(packet))
        {
            return VrrpDiscardReason.TimeToLive;
        }

        VrrpParseError error = VrrpAdvert.TryParse(packet.Bytes, packet.Path, out advert);
        if (error != VrrpParseError.None)
        {
            return ReasonOf(error);
        }

        if (advert.Version != settings.Version)
        {
            return VrrpDiscardReason.Version;
        }

        if (advert.VirtualRouterId != settings.VirtualRouterId)
        {
            return VrrpDiscardReason.VirtualRouterId;
        }

        if (packet.Source == ownAddress)
        {
            return VrrpDiscardReason.OwnAddress;
        }

        VrrpDiscardReason reason = CheckDelivery(packet);
        if (reason == VrrpDiscardReason.None)
        {
            reason = CheckAuthentication(packet, advert);
        }

        return reason != VrrpDiscardReason.None || HasRightInterval(advert) ? reason : VrrpDiscardReason.AdvertInterval;
    }

    /// <summary>The value in the packet that is the reason, where it is one number.</summary>
    /// <param name="advert">As far as it was read.</param>
    public static int Offending(VrrpDiscardReason reason, in ReceivedAdvert packet, in VrrpAdvert advert) => reason switch
    {
        VrrpDiscardReason.TimeToLive => packet.TimeToLive,
        VrrpDiscardReason.Version => packet.Bytes[0] >> 4,
        VrrpDiscardReason.VirtualRouterId => advert.VirtualRouterId,
        VrrpDiscardReason.AuthTypeMismatch => (int)advert.AuthType,
        VrrpDiscardReason.AdvertInterval => (int)advert.AdvertInterval.TotalMilliseconds,
        _ => 0,
    };

    private static VrrpDiscardReason ReasonOf(VrrpParseError error) => error switch
    {
        VrrpParseError.TooShort => VrrpDiscardReason.TooShort,
        VrrpParseError.Version => VrrpDiscardReason.Version,
        VrrpParseError.Type => VrrpDiscardReason.Type,
        VrrpParseError.Length => VrrpDiscardReason.Length,
        VrrpParseError.NoAddress => VrrpDiscardReason.NoAddress,
        VrrpParseError.AuthType => VrrpDiscardReason.AuthType,
        VrrpParseError.Checksum => VrrpDiscardReason.Checksum,
        VrrpParseError.None => throw new UnreachableException("an advert without error has no discard reason"),
        _ => throw new UnreachableException(),
    };

    // keepalived: a unicast peer may be some routers away; how far is for the configuration to say.
    private bool HasRightTimeToLive(in ReceivedAdvert packet)
    {
        if (packet.IsMulticast)
        {
            return packet.TimeToLive == RequiredTimeToLive;
        }

        return FindPeer(packet.Source) is not { } peer
            || (packet.TimeToLive >= (peer.MinTimeToLive ?? 0) && packet.TimeToLive <= (peer.MaxTimeToLive ?? byte.MaxValue));
    }

    private VrrpDiscardReason CheckDelivery(in ReceivedAdvert packet)
    {
        bool isRight = settings.IsUnicast ? !packet.IsMulticast : packet.Path.Destination == settings.Group;
        if (!isRight)
        {
            return VrrpDiscardReason.Delivery;
        }

        return settings.ChecksUnicastSource && settings.IsUnicast && FindPeer(packet.Source) is null
            ? VrrpDiscardReason.UnknownPeer
            : VrrpDiscardReason.None;
    }

    private VrrpDiscardReason CheckAuthentication(in ReceivedAdvert packet, in VrrpAdvert advert)
    {
        if (advert.AuthType != own.AuthType)
        {
            return VrrpDiscardReason.AuthTypeMismatch;
        }

        if ((packet.Authenticated.Length > 0) != (own.AuthType == VrrpAuthType.AuthenticationHeader))
        {
            return VrrpDiscardReason.AuthHeader;
        }

        return own.AuthType switch
        {
            VrrpAuthType.None => VrrpDiscardReason.None,
            VrrpAuthType.SimplePassword => CryptographicOperations.FixedTimeEquals(advert.AuthData, own.AuthData)
                ? VrrpDiscardReason.None
                : VrrpDiscardReason.AuthFailure,
            VrrpAuthType.AuthenticationHeader => CheckHeader(packet),
            _ => throw new UnreachableException(),
        };
    }

    // Unlike keepalived, the number counts only after the digest: a stranger's packet must not use numbers up.
    private VrrpDiscardReason CheckHeader(in ReceivedAdvert packet)
    {
        if (!IpAuthenticationHeader.TryParse(packet.Authenticated[packet.HeaderLengthBytes..], out IpAuthenticationHeader header))
        {
            return VrrpDiscardReason.AuthHeader;
        }

        if (header.ParametersIndex != packet.Source.V4Bits)
        {
            return VrrpDiscardReason.AuthSender;
        }

        if (!IpAuthenticationHeader.IsSealedWith(packet.Authenticated, packet.HeaderLengthBytes, own.AuthData))
        {
            return VrrpDiscardReason.AuthFailure;
        }

        return own.Sequence.TryAccept(header.SequenceNumber) ? VrrpDiscardReason.None : VrrpDiscardReason.AuthReplay;
    }

    // RFC 9568 §7.1 lets version 3 intervals differ; a farewell's does not matter.
    private bool HasRightInterval(in VrrpAdvert advert) => settings.Version == 2
        ? advert.AdvertInterval == own.Interval
        : advert.AdvertInterval > TimeSpan.Zero || advert.Priority == 0;

    private UnicastPeer? FindPeer(IpAddress source)
    {
        foreach (UnicastPeer peer in settings.UnicastPeers)
        {
            if (peer.Address == source)
            {
                return peer;
            }
        }

        return null;
    }
}
