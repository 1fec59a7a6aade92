using System.Collections.Immutable;
using System.Globalization;
using Pointsman.Base;
using Pointsman.Base.Routing;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>A line of <c>virtual_rules</c> or <c>static_rules</c>, in the language of <c>ip rule add</c>.</summary>
internal static class RuleLine
{
    public const string Form = "[not] [from NETWORK] [to NETWORK] [fwmark N[/MASK]] [iif INTERFACE] [OPTION...] [preference N] table N|blackhole|unreachable|prohibit|goto N|nop";

    public static ImmutableArray<RuleConfig> Take(ImmutableArray<RuleConfig> rules, Statement line, DiagnosticSink sink)
    {
        var words = new LineWords(line, sink);
        var rule = new RuleConfig(new IpRule { Table = IpRoute.MainTable }, HasPreference: false, line.HeaderSpan);
        IpFamily? family = null;
        bool hasAction = false;
        while (words.TryNext())
        {
            string word = words.Current.Text;
            if (word is "inet" or "inet6")
            {
                family = word == "inet" ? IpFamily.V4 : IpFamily.V6;
            }
            else if (word == "no_track")
            {
                rule = rule with { NoTrack = true };
            }
            else if (word == "track_group")
            {
                rule = rule with { TrackGroup = words.Value() };
            }
            else if (word is "preference" or "order" or "priority")
            {
                rule = rule with { Rule = rule.Rule with { Preference = words.Number() }, HasPreference = true };
            }
            else if (Action(word, words, rule.Rule) is { } acting)
            {
                hasAction = true;
                rule = rule with { Rule = acting };
            }
            else if (Option(word, words, rule.Rule) is { } taken)
            {
                hasAction |= taken.UsesVrf;
                rule = rule with { Rule = taken };
            }
            else
            {
                words.Fail("an option of a rule");
            }
        }

        if (!words.HasFailed && !hasAction)
        {
            words.Fail($"`{Form}`", "what is to be done is not said", "add the table to look in: `table N`");
        }

        IpFamily of = family ?? (rule.Rule.From ?? rule.Rule.To)?.Address.Family ?? IpFamily.V4;
        if (!words.HasFailed && ((rule.Rule.From is { } from && from.Address.Family != of) || (rule.Rule.To is { } to && to.Address.Family != of)))
        {
            words.Fail("a rule of one family", "IPv4 and IPv6 are mixed");
        }

        return words.HasFailed ? rules : rules.Add(rule with { Rule = rule.Rule with { Family = of } });
    }

    private static IpRule? Action(string word, LineWords words, IpRule rule) => word switch
    {
        "table" or "lookup" => rule with { Action = IpRuleAction.Table, Table = words.Named(RouteNames.Tables, "a table") },
        "goto" => rule with { Action = IpRuleAction.Goto, Goto = words.Number() },
        "nop" => rule with { Action = IpRuleAction.Nop },
        "blackhole" => rule with { Action = IpRuleAction.Blackhole },
        "unreachable" => rule with { Action = IpRuleAction.Unreachable },
        "prohibit" => rule with { Action = IpRuleAction.Prohibit },
        _ => null,
    };

    private static IpRule? Option(string word, LineWords words, IpRule rule) => word switch
    {
        "not" => rule with { IsInverted = true },
        "from" => rule with { From = Network(words) },
        "to" => rule with { To = Network(words) },
        "tos" or "dsfield" => rule with { Tos = (byte)words.Number(byte.MaxValue) },
        "fwmark" => WithMark(rule, words),
        "iif" or "dev" => rule with { Incoming = words.Interface() },
        "oif" => rule with { Outgoing = words.Interface() },
        "realms" => rule with { Realms = words.Number() },
        "suppress_prefixlength" or "sup_pl" => rule with { SuppressPrefixLength = words.Number(128) },
        "suppress_ifgroup" or "sup_group" => rule with { SuppressGroup = words.Named(RouteNames.Nothing, "the number of a group") },
        "tunnel-id" => rule with { TunnelId = words.Number() },
        "uidrange" => WithRange(words, uint.MaxValue - 1, (first, last) => rule with { FirstUser = first, LastUser = last }),
        "l3mdev" => rule with { UsesVrf = true },
        "protocol" => rule with { Protocol = (byte)words.Named(RouteNames.Protocols, "a protocol", byte.MaxValue) },
        "ipproto" => rule with { IpProtocol = (byte)words.Named(RouteNames.IpProtocols, "a protocol", byte.MaxValue) },
        "sport" => WithRange(words, ushort.MaxValue, (first, last) => rule with { SourcePort = (ushort)first, SourcePortLast = (ushort)last }),
        "dport" => WithRange(words, ushort.MaxValue, (first, last) => rule with { TargetPort = (ushort)first, TargetPortLast = (ushort)last }),
        _ => null,
    };

    // From everywhere is what is meant without it.
    private static IpPrefix? Network(LineWords words) => words.TryTake("all") || words.TryTake("any") ? null : words.Prefix();

    private static IpRule WithMark(IpRule rule, LineWords words)
    {
        string[] parts = words.Value().Split('/');
        uint?[] numbers = [.. parts.Select(Hexadecimal)];
        if (!words.HasFailed && (parts.Length > 2 || numbers.Any(number => number is null)))
        {
            words.Fail("a mark, or MARK/MASK");
        }

        return rule with { Mark = numbers[0], MarkMask = numbers.ElementAtOrDefault(1) };
    }

    private static uint? Hexadecimal(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal)
            ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint hex) ? hex : null
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;

    private static IpRule? WithRange(LineWords words, uint most, Func<uint, uint, IpRule> take)
    {
        string[] parts = words.Value().Split('-');
        uint?[] ends = [.. parts.Select(Hexadecimal)];
        if (!words.HasFailed && (parts.Length > 2 || ends.Any(end => end is null || end > most) || ends[0] > ends[^1]))
        {
            words.Fail("a number or a range, such as 1000-1999");
        }

        return words.HasFailed ? take(0, 0) : take(ends[0]!.Value, ends[^1]!.Value);
    }
}
