using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Pointsman.Base.Routing;

/// <summary>A route as <c>ip route add</c> is told of it. <see cref="ToString"/> gives those words.</summary>
public sealed record IpRoute
{
    /// <summary>The kernel's number of the table that is meant when none is named.</summary>
    public const uint MainTable = 254;

    /// <summary>The kernel's number for routes keepalived has set (RTPROT_KEEPALIVED).</summary>
    public const byte KeepalivedProtocol = 18;

    public IpFamily Family { get; init; } = IpFamily.V4;

    public IpRouteKind Kind { get; init; } = IpRouteKind.Unicast;

    /// <summary>Length zero: the default route.</summary>
    public IpPrefix Target { get; init; }

    /// <summary>Null: the target is on the link. Of the other family where IPv4 goes by an IPv6 router.</summary>
    public IpAddress? Via { get; init; }

    public string? Device { get; init; }

    /// <summary>The source address the host prefers; null: its own choice.</summary>
    public IpAddress? Source { get; init; }

    public byte Tos { get; init; }

    public uint Table { get; init; } = MainTable;

    public byte Protocol { get; init; } = KeepalivedProtocol;

    /// <summary>Null: link without a router, host for the host's own, else global.</summary>
    public byte? Scope { get; init; }

    /// <summary>The lower is preferred; null: the kernel's default.</summary>
    public uint? Metric { get; init; }

    /// <summary>The router counts as on the link, whatever the addresses say.</summary>
    public bool OnLink { get; init; }

    /// <summary>The routing realm, the one it comes from in the upper half; null: none.</summary>
    public uint? Realms { get; init; }

    /// <summary>IPv6, in seconds; null: it does not expire.</summary>
    public uint? Expires { get; init; }

    /// <summary>IPv6, RFC 4191: 0 medium, 1 high, 3 low; null: not said.</summary>
    public byte? Preference { get; init; }

    public ImmutableArray<IpRouteMetric> Metrics { get; init; } = [];

    /// <summary>How connections by it avoid congestion; null: as the host does.</summary>
    public string? CongestionControl { get; init; }

    public bool CongestionControlIsLocked { get; init; }

    /// <summary>Several ways at once; then <see cref="Via"/> and <see cref="Device"/> are not said.</summary>
    public ImmutableArray<IpRouteHop> Hops { get; init; } = [];

    public IpRoutePlace Place { get; init; }

    public bool Equals(IpRoute? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString()
    {
        var text = new StringBuilder();
        void Say(string words) => text.Append(text.Length == 0 ? "" : " ").Append(words);
        void SayNumber(string word, uint? number)
        {
            if (number is { } value)
            {
                Say(string.Create(CultureInfo.InvariantCulture, $"{word} {value}"));
            }
        }

        if (Family == IpFamily.V6 && Target.Length == 0)
        {
            Say("inet6");
        }

        Say(Kind == IpRouteKind.Unicast ? "" : Kind.ToString().ToLowerInvariant());
        Say(Target.Length == 0 ? "default" : Target.ToString());
        if (Via is { } via)
        {
            Say(via.Family == Family ? $"via {via}" : $"via inet6 {via}");
        }

        Say(Device is null ? "" : $"dev {Device}");
        Say(Source is { } source ? $"src {source}" : "");
        SayNumber("tos", Tos == 0 ? null : Tos);
        SayNumber("table", Table == MainTable ? null : Table);
        SayNumber("protocol", Protocol == KeepalivedProtocol ? null : Protocol);
        SayNumber("scope", Scope);
        SayNumber("metric", Metric);
        Say(OnLink ? "onlink" : "");
        Say(Realms is { } realms ? string.Create(CultureInfo.InvariantCulture, $"realms {realms >> 16}/{realms & 0xffff}") : "");
        SayNumber("expires", Expires);
        Say(Preference switch { 0 => "pref medium", 1 => "pref high", 3 => "pref low", _ => "" });
        foreach (IpRouteMetric metric in Metrics)
        {
            Say(metric.ToString());
        }

        Say(CongestionControl is null ? "" : $"congctl {(CongestionControlIsLocked ? "lock " : "")}{CongestionControl}");
        Say(Place switch { IpRoutePlace.First => "", IpRoutePlace.Alone => "add", _ => "append" });
        foreach (IpRouteHop hop in Hops)
        {
            Say(hop.ToString());
        }

        return string.Join(' ', text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
