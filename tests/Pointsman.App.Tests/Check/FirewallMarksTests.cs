using Pointsman.App.Check;
using Pointsman.Base;

namespace Pointsman.App.Tests.Check;

/// <summary>Which marks a ruleset gives, as <c>nft -j list ruleset</c> has it; and when that cannot be told.</summary>
public sealed class FirewallMarksTests
{
    private const string Chains = """
        {"metainfo": {"version": "1.0.6", "json_schema_version": 1}}, {"table": {"family": "ip", "name": "m", "handle": 1}},
        {"chain": {"family": "ip", "table": "m", "name": "pre", "handle": 1, "type": "filter", "hook": "prerouting", "prio": -150, "policy": "accept"}},
        {"chain": {"family": "ip", "table": "m", "name": "out", "handle": 2, "type": "route", "hook": "output", "prio": -150, "policy": "accept"}},
        {"chain": {"family": "ip", "table": "m", "name": "sub", "handle": 3}}
        """;

    [Theory]
    [InlineData("", "")]
    [InlineData("""ip m pre {"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": {"set": [80, 443]}}}, {"mangle": {"key": {"meta": {"key": "mark"}}, "value": 9}}""", "9 V4")]
    [InlineData("""ip m sub {"mangle": {"key": {"ct": {"key": "mark"}}, "value": 5}}, {"mangle": {"key": {"meta": {"key": "mark"}}, "value": 11}}, {"counter": {"packets": 0, "bytes": 0}}, {"accept": null}""", "11 V4")]
    [InlineData("""ip m out {"mangle": {"key": {"meta": {"key": "mark"}}, "value": 7}}""", "")]
    [InlineData("""ip m out {"xt": null}""", "")]
    [InlineData("""ip6 m pre {"mangle": {"key": {"meta": {"key": "mark"}}, "value": 12}}""", "12 V6")]
    [InlineData("""inet e p {"mangle": {"key": {"meta": {"key": "mark"}}, "value": 4294967295}}""", "4294967295 V4, 4294967295 V6")]
    [InlineData("""ip m pre {"xt": {"type": "match", "name": "comment"}}, {"accept": null}""", "")]
    [InlineData("""ip m pre {"mangle": {"key": {"meta": {"key": "priority"}}, "value": 1}}""", "")]
    [InlineData("""ip m pre {"xt": null}""", null)]
    [InlineData("""ip m pre {"xt": {"type": "target", "name": "MARK"}}""", null)]
    [InlineData("""ip m pre {"queue": {"num": 1}}""", null)]
    [InlineData("""ip m pre {"mangle": {"key": {"meta": {"key": "mark"}}, "value": {"ct": {"key": "mark"}}}}""", null)]
    [InlineData("""ip m pre {"mangle": {"key": {"meta": {"key": "mark"}}, "value": {"|": [{"meta": {"key": "mark"}}, 16]}}}""", null)]
    [InlineData("""ip m pre {"mangle": {"key": {"meta": {"key": "mark"}}, "value": {"map": {"key": {"payload": {"protocol": "tcp", "field": "dport"}}, "data": {"set": [[80, 3]]}}}}}""", null)]
    [InlineData("""ip m pre {"mangle": {"key": {"meta": {"key": "mark"}}, "value": "voice"}}""", null)]
    public void Rule_GivesItsMark(string rule, string? expected)
    {
        string[] words = rule.Split(' ', 4);
        string rules = words.Length < 4 ? ""
            : $$$""", {"rule": {"family": "{{{words[0]}}}", "table": "{{{words[1]}}}", "chain": "{{{words[2]}}}", "handle": 5, "expr": [{{{words[3]}}}]}}""";

        IReadOnlySet<(uint Mark, IpFamily Family)>? marks = FirewallMarks.Of($$"""{"nftables": [{{Chains}}{{rules}}]}""");

        Assert.Equal(expected, marks is null ? null : string.Join(", ", marks.Order().Select(mark => $"{mark.Mark} {mark.Family}")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"nftables": [{"rule": {}}]}""")]
    public void WhatIsNoRuleset_TellsNothing(string text) => Assert.Null(FirewallMarks.Of(text));
}
