using Pointsman.Config.Inventory;
using Pointsman.Config.Model;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>Settings of ours in comments that keepalived skips.</summary>
public sealed class DirectiveTests
{
    [Theory]
    [InlineData("#pointsman: split_brain hold")]
    [InlineData("!pointsman:split_brain   hold")]
    [InlineData("\t#pointsman: split_brain hold # because of the firewall")]
    [InlineData("#pointsman: split_brain \"hold\"\r")]
    [InlineData("# pointsman: split_brain hold")]
    [InlineData("priority 7 #pointsman: split_brain hold")]
    public void Directive_InItsBlock_IsTakenHoweverItIsTyped(string line)
    {
        ConfigResult result = Read(line);
        Assert.Empty(result.Diagnostics);
        Assert.Equal(SplitBrainPolicy.Hold, Assert.Single(result.Configuration!.Instances).SplitBrain);
    }

    [Theory]
    [InlineData("# pointsman: see the handbook")]
    [InlineData("#pointsmans: split_brain hold")]
    [InlineData("# the node holds, see #pointsman: split_brain hold")]
    [InlineData("notes \"#pointsman: split_brain hold\"")]
    public void Comment_ThatOnlyLooksLikeOne_ChangesNothing(string line)
    {
        ConfigResult result = Read(line.StartsWith("notes", StringComparison.Ordinal) ? "" : line);
        Assert.Empty(result.Diagnostics);
        Assert.Equal(SplitBrainPolicy.Announce, Assert.Single(result.Configuration!.Instances).SplitBrain);
    }

    [Theory]
    [InlineData("#pointsman: split_brian hold", "PM1002", "did you mean `#pointsman: split_brain`?")]
    [InlineData("#pointsman: split_brain", "PM1008", "")]
    [InlineData("#pointsman: split_brain keep", "PM1011", "")]
    [InlineData("#pointsman: split_brain {", "PM1011", "")]
    [InlineData("#pointsman: split_brain hold }", "PM1009", "")]
    [InlineData("#pointsman:", "PM1002", "")]
    [InlineData("#pointsman: priority 7", "PM1002", "")]
    [InlineData("split_brain hold", "PM1002", "type `#pointsman: split_brain`, which it skips")]
    [InlineData("#pointsman: split_brain hold\n#pointsman: split_brain yield", "PM1016", "")]
    [InlineData("@^n priority 7 # pointsman: split_brain hold", "PM1044", "")]
    public void Slip_InADirective_IsToldByPlace(string line, string code, string label)
    {
        Diagnostic only = Assert.Single(Read(line).Diagnostics);
        Assert.Equal(code, only.Descriptor.Code);
        Assert.True(only.Span.Line >= 4, only.Span.ToString());
        Assert.Contains(label, $"{only.Label}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#pointsman: split_brain hold\nglobal_defs {\n}\n")]
    [InlineData("global_defs {\n#pointsman: split_brain hold\n}\n")]
    public void Directive_OutsideItsBlock_IsSentThere(string text)
    {
        Diagnostic only = Assert.Single(ConfigReader.Read("f", text + "vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n").Diagnostics);
        Assert.Equal("PM1004", only.Descriptor.Code);
        Assert.Contains("`vrrp_instance`", only.Label, StringComparison.Ordinal);
    }

    [Fact]
    public void Directive_InAList_IsAnError()
    {
        string text = "vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n10.0.0.1\n#pointsman: split_brain hold\n}\n}\n";
        Assert.True(Assert.Single(ConfigReader.Read("f", text).Diagnostics).IsError);
    }

    [Fact]
    public void Manual_AskedForTheBareName_KnowsIt() =>
        Assert.Equal("#pointsman: split_brain", Assert.Single(KeywordManual.Find("split_brain")).Name);

    private static ConfigResult Read(string line) => ConfigReader.Read(
        new MemoryFiles
        {
            ["f"] = $"vrrp_instance A {{\ninterface eth0\nvirtual_router_id 1\n{line}\nvirtual_ipaddress {{\n10.0.0.1\n}}\n}}\n",
        },
        "f",
        new ConfigReaderOptions { ConfigId = "m" });
}
