using Xunit;

namespace Pointsman.Config.Tests;

public sealed class LvsTimeoutTests
{
    [Theory]
    [InlineData("tcp 1000 tcpfin 60 udp 30", "tcp 1000 tcpfin 60 udp 30")]
    [InlineData("udp 2678400", "udp 2678400")]
    [InlineData("tcp 0 udp 5", "udp 5")]
    [InlineData("tcp 0", "")]
    public void Read_IsAsTyped_AndZeroLeavesOne(string typed, string read) =>
        Assert.Equal(read, string.Join(' ', Read(typed).Configuration!.Global.LvsTimeouts?.Words ?? []));

    [Theory]
    [InlineData("tcp", 18)]
    [InlineData("tcp x", 22)]
    [InlineData("tcp 2678401", 22)]
    [InlineData("sctp 5", 18)]
    [InlineData("tcp 5 udp", 24)]
    public void Wrong_IsToldWithItsPlace(string typed, int column)
    {
        Diagnostic wrong = Assert.Single(Read(typed).Diagnostics, found => found.Descriptor.Code == "PM1011");
        Assert.Equal((2, column), (wrong.Span.Line, wrong.Span.Column));
    }

    private static ConfigResult Read(string typed) => ConfigReader.Read("f", $"global_defs {{\n    lvs_timeouts {typed}\n}}\n");
}
