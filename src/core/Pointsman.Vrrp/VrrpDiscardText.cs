using System.Diagnostics;
using System.Globalization;
using Pointsman.Wire;

namespace Pointsman.Vrrp;

/// <summary>Words why a packet was not heard, with both values where two differ.</summary>
internal static class VrrpDiscardText
{
    public static string Format(in VrrpEvent e, VrrpInstanceSettings instance) => e.Discard switch
    {
        VrrpDiscardReason.TimeToLive => instance.IsUnicast
            ? Invariantly($"TTL is {e.Theirs}, outside its bounds")
            : Invariantly($"TTL is {e.Theirs}, not 255"),
        VrrpDiscardReason.TooShort => "shorter than a VRRP header",
        VrrpDiscardReason.Version => Invariantly($"VRRP version {e.Theirs}, ours {instance.Version}"),
        VrrpDiscardReason.Type => "not an advertisement",
        VrrpDiscardReason.Length => "length does not fit the address count",
        VrrpDiscardReason.NoAddress => "no virtual address in it",
        VrrpDiscardReason.Checksum => "wrong checksum",
        VrrpDiscardReason.VirtualRouterId => Invariantly($"virtual router id {e.Theirs} is not {instance.VirtualRouterId}"),
        VrrpDiscardReason.AuthType => "unknown authentication type",
        VrrpDiscardReason.AuthTypeMismatch =>
            Invariantly($"{AuthName((VrrpAuthType)e.Theirs)}, ours {AuthName(instance.AuthType)}"),
        VrrpDiscardReason.AuthFailure => "auth_pass differs from ours",
        VrrpDiscardReason.AuthHeader => instance.AuthType == VrrpAuthType.AuthenticationHeader
            ? "auth_type AH without an authentication header"
            : "an authentication header, but not auth_type AH",
        VrrpDiscardReason.AuthSender => "its authentication header was made for another sender",
        VrrpDiscardReason.AuthReplay => "its sequence number was used before: an old packet sent again, or a peer that lost count",
        VrrpDiscardReason.AdvertInterval => e.Theirs == 0
            ? "an advert interval of zero"
            : Invariantly($"advert_int {e.Theirs / 1000.0:0.###} s differs from ours of {instance.AdvertInterval.TotalSeconds:0.###} s"),
        VrrpDiscardReason.OwnAddress => "sent from our own address: duplicate address or instance",
        VrrpDiscardReason.Delivery => instance.IsUnicast
            ? "sent to the multicast group, but unicast_peer is configured here"
            : "sent to this node alone, but no unicast_peer is configured here",
        VrrpDiscardReason.UnknownPeer => "its sender is not in unicast_peer",
        VrrpDiscardReason.NotListening => "not listening",
        VrrpDiscardReason.None => throw new UnreachableException("a discarded packet has a reason"),
        _ => throw new UnreachableException(),
    };

    private static string AuthName(VrrpAuthType type) => type switch
    {
        VrrpAuthType.None => "no authentication",
        VrrpAuthType.SimplePassword => "auth_type PASS",
        VrrpAuthType.AuthenticationHeader => "auth_type AH",
        _ => throw new UnreachableException(),
    };

    private static string Invariantly(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
