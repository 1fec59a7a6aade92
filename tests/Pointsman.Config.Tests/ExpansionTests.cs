using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>Definitions, conditions and sequences: the text that comes out of them, word by word.</summary>
public sealed class ExpansionTests
{
    // Each case is the inside of global_defs after some definitions; what counts is the name it gives the node.
    [Theory]
    [InlineData("$A=x", "router_id $A", "x")]
    [InlineData("$A = x", "router_id y", null)]
    [InlineData("$A=  x y  # why", "router_id \"$A\"", "$A")]
    [InlineData("$A=  x y  # why", "router_id \"${A}\"", "x y")]
    [InlineData("$A=", "router_id a${A}b", "ab")]
    [InlineData("$A=1\n$A=2", "router_id ${A}", "2")]
    [InlineData("$A=a${B}\n$B=1\n$B=2", "router_id $A", "a2")]
    [InlineData("$A=x", "router_id $A.y", "$A.y")]
    [InlineData("$A=x", "router_id $UNKNOWN", "$UNKNOWN")]
    [InlineData("$A=a\\#b", "router_id $A", "a#b")]
    [InlineData("", "router_id a${_HASH}b${_BANG}", "a#b!")]
    [InlineData("", "router_id ${_PWD}", "/etc/k")]
    [InlineData("", "router_id ${_ENV SITE}", "prague")]
    [InlineData("", "router_id ${_ENV NONE}", null)]
    [InlineData("$A=router_id", "$A x", "x")]
    [InlineData("$A=router_id x \\\n# nothing", "$A", "x")]
    [InlineData("$A= \\\nvrrp_version 2 \\\nrouter_id x", "$A", "x")]
    [InlineData("$A= \\\nvrrp_version 2 \\\n\nglobal_defs {\nrouter_id x\n}", "$A", "x")]
    [InlineData("", "@here router_id x", "x")]
    [InlineData("", "@there router_id x", null)]
    [InlineData("", "@^there router_id x", "x")]
    [InlineData("", "@^here router_id x", null)]
    [InlineData("$A=@here", "$A router_id x", "x")]
    [InlineData("@here $A=1\n@there $A=2", "router_id $A", "1")]
    [InlineData("@there $A=1 \\\nrouter_id y", "router_id x", "x")]
    [InlineData("$A=1", "~SEQ(A, 5, 5) router_id $A", "5")]
    [InlineData("$A=1", "~LST(B, z) router_id ${A}$B", "1z")]
    [InlineData("$A=7", "~SEQx(I, 0x${A}f, ${A}f) router_id $I", null)]
    [InlineData("$A=0x7f", "~SEQx(I, ${A}, ${A}) router_id $I", "7f")]
    [InlineData("", "~LST({A, B}, {1, 2}) router_id ${B}${A}", "21")]
    [InlineData("$A=~SEQ(I, 4, 4) router_id $I", "$A", "4")]
    public void NodeName_Expanded_Is(string definitions, string line, string? name)
    {
        ConfigResult result = Read($"{definitions}\nglobal_defs {{\n{line}\n}}\n");
        Assert.Equal(name, result.Configuration?.Global.RouterId);
    }

    [Theory]
    [InlineData("~SEQ(I, 3) $I", "1 2 3")]
    [InlineData("~SEQ(I, -2) $I", "-1 -2")]
    [InlineData("~SEQ(I, 3, 1) $I", "3 2 1")]
    [InlineData("~SEQ(I, 0, 5, 12) $I", "0 5 10")]
    [InlineData("~SEQx(I, 8, 010, 0x1f) $I", "8 10 18")]
    [InlineData("~SEQ(I, 2) ~SEQ(J, 1, 2) ${I}.${J}", "1.1 1.2 2.1 2.2")]
    [InlineData("~LST(I, a, b) ~LST({J, K}, {c, d}, {e, f}) ${I}${J}$K", "acd aef bcd bef")]
    public void Sequence_Written_RepeatsTheseWords(string line, string words)
    {
        ConfigResult result = Read($"global_defs {{\nnotification_email {{\n{line}\n}}\n}}\n");
        Assert.Equal(words.Split(' '), result.Configuration!.Global.Mail.To);
    }

    [Fact]
    public void MistakeInAValue_IsToldWhereItIsUsed_WithTheDefinition()
    {
        Diagnostic only = Assert.Single(Read("$N=999\nvrrp_instance A {\ninterface eth0\nvirtual_router_id $N\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n").Diagnostics);
        Assert.Equal("/etc/k/f:4:19", only.Span.ToString());
        Assert.Equal(2, only.Span.Length);
        Assert.Equal("`$N` is defined at /etc/k/f:1:1", Assert.Single(only.Span.Origin!.Chain).ToString());
    }

    [Fact]
    public void MistakeInALineOfADefinition_IsToldThere_OnceForAllItsUses()
    {
        Diagnostic only = Assert.Single(Read("$N= \\\n  nonsense 1 \\\n  vrrp_version 2\nglobal_defs {\n$N\n$N\n}\n").Diagnostics, d => d.IsError);
        Assert.Equal("/etc/k/f:2:3", only.Span.ToString());
        Assert.Equal("written by `$N` at /etc/k/f:5:1", Assert.Single(only.Span.Origin!.Chain).ToString());
    }

    [Fact]
    public void CommentAndQuotes_BesideAReference_AreAsOnAnyLine()
    {
        ConfigResult result = Read("$A=x\nglobal_defs {\nrouter_id \"a # ${A}\" # ${A} { }\n}\n");
        Assert.Equal("a # x", result.Configuration!.Global.RouterId);
        Assert.Equal("PM1019", Assert.Single(Read("$A=x\nglobal_defs {\nrouter_id y$A#y\n}\n").Diagnostics, d => d.Span.Line == 3).Descriptor.Code);
    }

    [Theory]
    [InlineData("f", "/home/op", "/home/op")]
    [InlineData("sub/f", "/home/op", "/home/op/sub")]
    [InlineData("/etc/f", "/home/op", "/etc")]
    [InlineData("f", "", ".")]
    public void FolderOfTheFile_Named_IsAWholePath(string path, string currentFolder, string expected)
    {
        var files = new MemoryFiles { [path] = "global_defs {\nrouter_id $_PWD\n}\n" };
        ConfigResult result = ConfigReader.Read(files, path, new ConfigReaderOptions { CurrentFolder = currentFolder });
        Assert.Equal(expected, result.Configuration!.Global.RouterId);
    }

    private static ConfigResult Read(string text) => ConfigReader.Read(
        new MemoryFiles { ["/etc/k/f"] = text },
        "/etc/k/f",
        new ConfigReaderOptions { ConfigId = "here", Variable = name => name == "SITE" ? "prague" : null });
}
