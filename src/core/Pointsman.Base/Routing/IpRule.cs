using System.Globalization;

namespace Pointsman.Base.Routing;

/// <summary>A rule as <c>ip rule add</c> is told of it: which packets are routed by which table.</summary>
public sealed record IpRule
{
    public IpFamily Family { get; init; } = IpFamily.V4;

    /// <summary>It holds for those it does not describe.</summary>
    public bool IsInverted { get; init; }

    /// <summary>Null: from anywhere.</summary>
    public IpPrefix? From { get; init; }

    public IpPrefix? To { get; init; }

    public IpRuleAction Action { get; init; } = IpRuleAction.Table;

    /// <summary>For <see cref="IpRuleAction.Table"/>.</summary>
    public uint Table { get; init; }

    /// <summary>For <see cref="IpRuleAction.Goto"/>: the preference of the rule it jumps to.</summary>
    public uint Goto { get; init; }

    /// <summary>The lower is asked first.</summary>
    public uint Preference { get; init; }

    public byte Tos { get; init; }

    public uint? Mark { get; init; }

    public uint? MarkMask { get; init; }

    public string? Incoming { get; init; }

    public string? Outgoing { get; init; }

    public uint? Realms { get; init; }

    /// <summary>Routes of this prefix length or shorter do not count; null: all do.</summary>
    public uint? SuppressPrefixLength { get; init; }

    public uint? SuppressGroup { get; init; }

    public ulong? TunnelId { get; init; }

    public uint? FirstUser { get; init; }

    public uint LastUser { get; init; }

    /// <summary>The table of the packet's VRF.</summary>
    public bool UsesVrf { get; init; }

    public byte Protocol { get; init; } = IpRoute.KeepalivedProtocol;

    public byte? IpProtocol { get; init; }

    public ushort? SourcePort { get; init; }

    public ushort SourcePortLast { get; init; }

    public ushort? TargetPort { get; init; }

    public ushort TargetPortLast { get; init; }

    public override string ToString() => string.Join(' ', Words().Where(word => word.Length > 0));

    private IEnumerable<string> Words()
    {
        yield return Family == IpFamily.V6 && From is null && To is null ? "inet6" : "";
        yield return IsInverted ? "not" : "";
        yield return From is { } from ? $"from {from}" : "";
        yield return To is { } to ? $"to {to}" : "";
        yield return Number("preference", Preference);
        yield return Number("tos", Tos == 0 ? null : Tos);
        yield return Mark is { } mark ? $"fwmark {Text(mark)}{(MarkMask is { } mask ? $"/{Text(mask)}" : "")}" : "";
        yield return Incoming is null ? "" : $"iif {Incoming}";
        yield return Outgoing is null ? "" : $"oif {Outgoing}";
        yield return Number("realms", Realms);
        yield return Number("suppress_prefixlength", SuppressPrefixLength);
        yield return Number("suppress_ifgroup", SuppressGroup);
        yield return TunnelId is { } id ? string.Create(CultureInfo.InvariantCulture, $"tunnel-id {id}") : "";
        yield return FirstUser is { } user ? $"uidrange {Text(user)}-{Text(LastUser)}" : "";
        yield return UsesVrf ? "l3mdev" : "";
        yield return Number("protocol", Protocol == IpRoute.KeepalivedProtocol ? null : Protocol);
        yield return Number("ipproto", IpProtocol);
        yield return SourcePort is { } source ? $"sport {Text(source)}-{Text(SourcePortLast)}" : "";
        yield return TargetPort is { } target ? $"dport {Text(target)}-{Text(TargetPortLast)}" : "";
        yield return Action switch
        {
            IpRuleAction.Table => UsesVrf ? "" : Number("table", Table),
            IpRuleAction.Goto => Number("goto", Goto),
            _ => Action.ToString().ToLowerInvariant(),
        };
    }

    private static string Number(string word, uint? number) => number is { } value ? $"{word} {Text(value)}" : "";

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
