using Pointsman.Config.Grammar;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>A keyword of keepalived that is not supported yet is refused by place, with a word on what to do.</summary>
public sealed class LaterKeywordTests
{
    [Fact]
    public void EveryAdvice_IsForAKeywordOfKeepalivedThatWorksNowhereHere()
    {
        Assert.All(LaterKeywords.Named, name => Assert.True(KeepalivedKeywords.All.Contains(name), name));
        Assert.All(LaterKeywords.Named, name => Assert.Empty(Language.BlocksWith(name)));
    }

    [Fact]
    public void EveryKeywordOfKeepalived_InTheInstance_IsKnownOrRefusedByName()
    {
        foreach (string keyword in KeepalivedKeywords.All)
        {
            string text = $"vrrp_instance A {{\ninterface eth0\nvirtual_router_id 1\n{keyword} x\nvirtual_ipaddress {{\n10.0.0.1\n}}\n}}\n";
            Assert.DoesNotContain(ConfigReader.Read("f", text).Diagnostics, d => d.Descriptor.Code == "PM1002");
        }
    }

    [Theory]
    [InlineData("sorry_server 10.0.0.9 80", "no other server stands in")]
    [InlineData("inhibit_on_failure", "leaves the table")]
    [InlineData("quorum_up \"/x y\"", "no script runs")]
    [InlineData("hysteresis 1", "keep using keepalived")]
    public void KeywordNotSupportedYet_InAVirtualServer_SaysWhatHoldsWithoutIt(string line, string advice)
    {
        string text = $"virtual_server 10.0.0.1 80 {{\nlb_algo rr\nlb_kind DR\nprotocol TCP\n{line}\n"
            + "real_server 10.0.0.2 80 {\nTCP_CHECK {\n}\n}\n}\n";
        Diagnostic only = Assert.Single(ConfigReader.Read("f", text).Diagnostics);
        Assert.Equal(("PM1003", 5, 1), (only.Descriptor.Code, only.Span.Line, only.Span.Column));
        Assert.Contains(advice, $"{only.Label} {only.Hint}", StringComparison.Ordinal);
    }
}
