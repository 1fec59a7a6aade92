using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>A keyword of keepalived that is not supported yet is refused by place, with a word on what to do.</summary>
public sealed class LaterKeywordTests
{
    [Theory]
    [InlineData("persistence_engine sip", "known by their address")]
    public void KeywordNotSupportedYet_InAVirtualServer_SaysWhatHoldsWithoutIt(string line, string advice)
    {
        string text = $"virtual_server 10.0.0.1 80 {{\nlb_algo rr\nlb_kind DR\nprotocol TCP\n{line}\n"
            + "real_server 10.0.0.2 80 {\nTCP_CHECK {\n}\n}\n}\n";
        Diagnostic only = Assert.Single(ConfigReader.Read("f", text).Diagnostics);
        Assert.Equal(("PM1003", 5, 1), (only.Descriptor.Code, only.Span.Line, only.Span.Column));
        Assert.Contains(advice, $"{only.Label} {only.Hint}", StringComparison.Ordinal);
    }
}
