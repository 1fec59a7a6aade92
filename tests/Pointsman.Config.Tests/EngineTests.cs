using Pointsman.Config.Model;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary><c>persistence_engine sip</c>.</summary>
public sealed class EngineTests
{
    [Theory]
    [InlineData("virtual_server 10.0.0.1 5060", "protocol UDP")]
    [InlineData("virtual_server fwmark 7", "")]
    [InlineData("virtual_server fwmark 7", "protocol TCP")]
    [InlineData("virtual_server 10.0.0.1 5060", "protocol UDP\nops")]
    public void WithDatagrams_AndPersistence_Works(string header, string lines)
    {
        VirtualServerConfig server = Read(header, $"{lines}\npersistence_timeout 60\npersistence_engine sip", out Diagnostic[] said);

        Assert.Empty(said);
        Assert.True(server.ByCall);
        Assert.False(Read(header, $"{lines}\npersistence_timeout 60", out _).ByCall);
    }

    [Theory]
    [InlineData("TCP")]
    [InlineData("SCTP")]
    public void OtherProtocol_IsWarnedOf(string protocol)
    {
        Read("virtual_server 10.0.0.1 5060", $"protocol {protocol}\npersistence_timeout 60\npersistence_engine sip", out Diagnostic[] said);

        Diagnostic only = Assert.Single(said);
        Assert.Equal(("PM1313", Severity.Warning), (only.Descriptor.Code, only.Descriptor.Severity));
        Assert.Contains($"protocol {protocol}", only.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutPersistence_IsWarnedOf()
    {
        Read("virtual_server 10.0.0.1 5060", "protocol UDP\npersistence_engine sip", out Diagnostic[] said);
        Assert.Equal("PM1312", Assert.Single(said).Descriptor.Code);
    }

    [Fact]
    public void UnknownEngine_IsRefused()
    {
        ConfigResult result = ConfigReader.Read("f", Text("virtual_server 10.0.0.1 5060", "protocol UDP\npersistence_timeout 60\npersistence_engine rtp"));
        Assert.Null(result.Configuration);
        Assert.Contains("`sip`", $"{Assert.Single(result.Diagnostics).Message} {result.Diagnostics[0].Label} {result.Diagnostics[0].Hint}", StringComparison.Ordinal);
    }

    private static string Text(string header, string lines) =>
        $"{header} {{\nlb_algo rr\nlb_kind DR\n{lines}\nreal_server 10.0.0.2 {{\nTCP_CHECK {{\nconnect_port 5060\n}}\n}}\n}}\n";

    private static VirtualServerConfig Read(string header, string lines, out Diagnostic[] said)
    {
        ConfigResult result = ConfigReader.Read("f", Text(header, lines));
        said = [.. result.Diagnostics];
        return Assert.Single(result.Configuration!.VirtualServers);
    }
}
