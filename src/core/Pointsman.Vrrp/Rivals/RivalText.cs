using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Vrrp.Rivals;

/// <summary>Words what is known of another master: who, why we do not agree, and both values of what differs.</summary>
internal static class RivalText
{
    // A list of more addresses is told by its beginning.
    private const int AddressesTold = 8;

    public static string Describe(RivalSighting sighting)
    {
        string claim = sighting.Claimed == default ? "" : Invariantly($", which answers for {sighting.Claimed},");
        string values = sighting.Theirs.Length == 0 ? "" : Invariantly($": theirs {sighting.Theirs}, ours {sighting.Ours}");
        return sighting.Cause switch
        {
            RivalCause.NothingHeard => Invariantly(
                $"{sighting.Claimed} is answered for by {Who(sighting)} too, and nothing is heard from it: a firewall drops VRRP (protocol 112), multicast does not pass, or its VRRP hangs; or it is a server that must not answer {Asked(sighting)}"),
            RivalCause.Unexplained => Invariantly(
                $"{sighting.Claimed} is answered for by {Who(sighting)}, too, which is no director we hear: an address given twice, or a server that must not answer {Asked(sighting)}"),
            RivalCause.ForeignCluster => Invariantly(
                $"foreign cluster {Who(sighting)} uses our virtual_router_id for other addresses{values}; give one of the two clusters another id"),
            RivalCause.Unheard => Invariantly(
                $"{Who(sighting)} goes on as a lower master: our adverts do not reach it (a firewall there, one way only), or it rejects them{values}"),
            RivalCause.AddressList => Invariantly(
                $"{Who(sighting)} goes on as a lower master: its virtual_ipaddress differs{values}"),
            RivalCause.RouterId => Invariantly(
                $"{Who(sighting)}{claim} advertises our addresses under another virtual_router_id{values}"),
            RivalCause.Rejected => Invariantly(
                $"adverts of {Who(sighting)}{claim} are heard and rejected: {Difference(sighting.Discard)}{values}"),
            RivalCause.None => throw new UnreachableException("a sighting has a cause"),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Both values of what made us reject a packet; empty where the packet has no such value.</summary>
    public static (string Theirs, string Ours) Values(
        VrrpDiscardReason reason, in ReceivedAdvert packet, in AdvertGlimpse glimpse, VrrpInstance instance)
    {
        VrrpInstanceSettings settings = instance.Settings;
        return reason switch
        {
            VrrpDiscardReason.TimeToLive => (Invariantly($"{packet.TimeToLive}"), Invariantly($"{VrrpReceiver.RequiredTimeToLive}")),
            VrrpDiscardReason.Version => (Invariantly($"{glimpse.Version}"), Invariantly($"{settings.Version}")),
            VrrpDiscardReason.VirtualRouterId =>
                (Invariantly($"{glimpse.VirtualRouterId}"), Invariantly($"{settings.VirtualRouterId}")),
            VrrpDiscardReason.AuthType or VrrpDiscardReason.AuthTypeMismatch =>
                (AuthName(glimpse.AuthType), AuthName((byte)settings.AuthType)),
            VrrpDiscardReason.AuthFailure when settings.AuthType == VrrpAuthType.SimplePassword =>
                Passwords(glimpse.AuthData, VrrpAdvert.EncodePassword(settings.AuthPass ?? "")),
            VrrpDiscardReason.AdvertInterval => (Seconds(glimpse.Interval), Seconds(settings.AdvertInterval)),
            VrrpDiscardReason.Checksum => Checksums(packet.Bytes, glimpse),
            VrrpDiscardReason.Delivery =>
                (packet.IsMulticast ? Invariantly($"multicast to {packet.Path.Destination}") : "unicast",
                settings.IsUnicast ? "unicast" : Invariantly($"multicast to {settings.Group}")),
            VrrpDiscardReason.OwnAddress => (packet.SourceMac.ToString(), "another hardware address"),
            _ => ("", ""),
        };
    }

    public static (string Theirs, string Ours) Lists(in AdvertGlimpse glimpse, VrrpInstanceSettings settings)
    {
        var theirs = new List<IpAddress>();
        for (int i = 0; i < glimpse.AddressCount; i++)
        {
            theirs.Add(glimpse.AddressAt(i));
        }

        return (List(theirs), List(settings.VirtualAddresses));
    }

    private static string Asked(RivalSighting sighting) => sighting.Claimed.IsV4 ? "ARP" : "neighbour discovery";

    public static string Who(RivalSighting sighting) => sighting switch
    {
        { Address.Family: default(IpFamily), Mac: var mac } => mac.ToString(),
        { Mac.Bits: 0 } => sighting.Address.ToString(),
        _ => Invariantly($"{sighting.Address} ({sighting.Mac})"),
    };

    private static string Difference(VrrpDiscardReason reason) => reason switch
    {
        VrrpDiscardReason.TimeToLive => "they crossed a router, TTL",
        VrrpDiscardReason.Version => "the VRRP version differs",
        VrrpDiscardReason.VirtualRouterId => "virtual_router_id differs",
        VrrpDiscardReason.AuthType or VrrpDiscardReason.AuthTypeMismatch => "auth_type differs",
        VrrpDiscardReason.AuthFailure => "auth_pass differs",
        VrrpDiscardReason.AdvertInterval => "advert_int differs",
        VrrpDiscardReason.Checksum => "the checksum is wrong: damaged on the way, or another reading of it",
        VrrpDiscardReason.Delivery => "they are sent another way",
        VrrpDiscardReason.UnknownPeer => "it is not among our unicast_peer",
        VrrpDiscardReason.OwnAddress => "they carry our own source address: it is given twice",
        _ => Words(reason),
    };

    private static string Words(VrrpDiscardReason reason) =>
        string.Concat(reason.ToString().Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : " ") + char.ToLowerInvariant(c) : c.ToString()));

    private static string AuthName(byte type) => type switch
    {
        0 => "none",
        1 => "PASS",
        2 => "AH",
        _ => Invariantly($"type {type}"),
    };

    // Enough to find the wrong one of two files, and not the password itself: logs travel further than adverts.
    private static (string Theirs, string Ours) Passwords(ReadOnlySpan<byte> theirs, ReadOnlySpan<byte> ours)
    {
        int same = theirs.CommonPrefixLength(ours);
        return (Masked(theirs, same), Masked(ours, same));
    }

    private static string Masked(ReadOnlySpan<byte> password, int same)
    {
        ReadOnlySpan<byte> letters = password.TrimEnd((byte)0);
        if (letters.IsEmpty)
        {
            return "empty";
        }

        var text = new StringBuilder("`");
        for (int i = 0; i < letters.Length; i++)
        {
            text.Append(i == same && letters[i] is > 0x20 and < 0x7f ? (char)letters[i] : '*');
        }

        return text.Append('`').ToString();
    }

    private static (string Theirs, string Ours) Checksums(ReadOnlySpan<byte> bytes, in AdvertGlimpse glimpse)
    {
        if (glimpse.Version != 2)
        {
            return ("", "");
        }

        // RFC 3768 §5.3.8: over the message alone, its own field counted as zero.
        uint sum = InternetChecksum.Sum(bytes) + (ushort)~glimpse.Checksum;
        ushort computed = InternetChecksum.Compute([], sum);
        return (Invariantly($"0x{glimpse.Checksum:x4}"), Invariantly($"0x{computed:x4}"));
    }

    private static string List(IReadOnlyList<IpAddress> addresses)
    {
        string rest = addresses.Count > AddressesTold ? Invariantly($" and {addresses.Count - AddressesTold} more") : "";
        return addresses.Count == 0 ? "none" : string.Join(' ', addresses.Take(AddressesTold)) + rest;
    }

    private static string Seconds(TimeSpan span) => Invariantly($"{span.TotalSeconds:0.###} s");

    private static string Invariantly(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
