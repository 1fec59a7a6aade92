using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>A forgotten brace is one mistake, and told once, where the block begins.</summary>
public sealed class BraceTests
{
    public static TheoryData<string> Sites => [.. Repository.Sites()];

    [Theory]
    [MemberData(nameof(Sites))]
    public void AnyBrace_Forgotten_IsOneError(string site)
    {
        string text = Repository.Site(site);
        for (int i = text.IndexOfAny(['{', '}']); i >= 0; i = text.IndexOfAny(['{', '}'], i + 1))
        {
            ConfigResult result = ConfigReader.Read(site, text.Remove(i, 1));
            Diagnostic error = Assert.Single(result.Diagnostics, diagnostic => diagnostic.IsError);
            string expected = text[i] == '{' ? "PM1014" : "PM1001";
            Assert.True(error.Descriptor.Code == expected, $"brace at {i}: {DiagnosticRenderer.OneLine(error)}");
        }
    }

    [Fact]
    public void CloseOfNestedBlock_Forgotten_IsToldAtThatBlocksBegin()
    {
        const string Text = """
            vrrp_instance VI_1 {
                interface eth0
                virtual_router_id 51
                authentication {
                    auth_type PASS
                    auth_pass 1111
                virtual_ipaddress {
                    10.0.0.1
                }
            }
            """;
        Diagnostic error = Assert.Single(ConfigReader.Read("f", Text).Diagnostics);
        Assert.Equal((4, 20), (error.Span.Line, error.Span.Column));
        Assert.Equal(7, error.Related!.Span.Line);
    }

    [Fact]
    public void HeadersAndBracesOnTheirOwnLines_Read_AreFine()
    {
        const string Text = "vrrp_instance VI_1\n\n! why\n{\ninterface eth0\nvirtual_router_id 51\nvirtual_ipaddress\n{\n10.0.0.1\n}\n}\n";
        Assert.Empty(ConfigReader.Read("f", Text).Diagnostics);
    }

    [Fact]
    public void WholeBlockOnOneLine_Read_NamesTheSecondStatement()
    {
        const string Text = "virtual_server 10.0.0.1 80 {\nlb_algo rr\nlb_kind DR\nprotocol TCP\n"
            + "real_server 10.0.0.2 80 { weight 3 TCP_CHECK { connect_timeout 3 } }\n}\n";
        Diagnostic error = Assert.Single(ConfigReader.Read("f", Text).Diagnostics);
        Assert.Equal("PM1010", error.Descriptor.Code);
        Assert.Contains("put `TCP_CHECK` on a line of its own", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void OneStatementAndBothBracesOnOneLine_Read_AreFine()
    {
        const string Text = "vrrp_instance VI_1{interface eth0\nvirtual_router_id 51\nvirtual_ipaddress{10.0.0.1}}";
        Assert.Empty(ConfigReader.Read("f", Text).Diagnostics);
    }
}
