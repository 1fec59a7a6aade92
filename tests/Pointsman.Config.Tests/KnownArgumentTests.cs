using Pointsman.Config.Binding;
using Pointsman.Config.Inventory;
using Pointsman.Config.Judgement;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>A keyword that nothing comes of is read with the same care as others.</summary>
public sealed class KnownArgumentTests
{
    // Their arguments are a language of their own.
    private static readonly string[] OwnForms = ["vrrp_rx_bufs_policy", "vrrp_iptables", "regex_stack", "vrrp_ipsets"];

    [Fact]
    public void EveryForm_OfAKeywordWithoutEffect_IsUnderstood() => Assert.All(
        KeywordInventory.Rows.Where(row => row.Fate == Fate.NoEffect && !row.Takes.StartsWith('{') && row.Takes != "numbers of CPUs" && !OwnForms.Contains(row.Name)),
        row => Assert.True(KnownArguments.Understands(row.Takes), $"{row.Name} takes `{row.Takes}`"));

    [Theory]
    [InlineData("data_use_instance perhaps", "PM1011", 23)]
    [InlineData("vrrp_rx_bufs_multiplier x", "PM1011", 29)]
    [InlineData("vrrp_rx_bufs_multiplier", "PM1008", 5)]
    [InlineData("startup_script_timeout 1001", "PM1011", 28)]
    [InlineData("startup_script_timeout 1.5", "PM1022", 5)]
    [InlineData("json_version 3", "PM1011", 18)]
    [InlineData("lvs_flush now", "PM1009", 15)]
    [InlineData("data_use_instance", "PM1022", 5)]
    [InlineData("max_auto_priority", "PM1022", 5)]
    [InlineData("max_auto_priority 100", "PM1011", 23)]
    public void Argument_OfAKeywordWithoutEffect_IsLookedAt(string line, string code, int column)
    {
        ConfigResult result = ConfigReader.Read("f", $"global_defs {{\n    {line}\n}}\n");
        Assert.Contains(result.Diagnostics, diagnostic => diagnostic.Descriptor.Code == code && diagnostic.Span.Column == column);
        Assert.Equal(code is "PM1011" or "PM1008", result.Configuration is null);
    }

    // What happens anyway is refused to nobody.
    [Theory]
    [InlineData("vrrp_lower_prio_no_advert off")]
    [InlineData("vrrp_garp_extra_if off")]
    public void Default_OfARefusedKeyword_IsNoReasonToRefuse(string line) =>
        Assert.DoesNotContain(
            ConfigReader.Read("f", $"global_defs {{\n    {line}\n}}\n").Diagnostics, diagnostic => diagnostic.Descriptor.Code == "PM1003");

    [Fact]
    public void Remark_OnASetting_StandsAtItsLine()
    {
        const string Text = "vrrp_instance A {\n    interface eth0\n    virtual_router_id 1\n    advert_int 5\n    virtual_ipaddress {\n        10.0.0.1\n    }\n}\n";
        Diagnostic slow = Assert.Single(Judge.Node(ConfigReader.Read("f", Text)).Diagnostics);
        Assert.Equal(("PM1508", 4, 5, 12), (slow.Descriptor.Code, slow.Span.Line, slow.Span.Column, slow.Span.Length));
    }
}
