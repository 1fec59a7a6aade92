using Pointsman.Base;
using Pointsman.Config.Model;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary><c>virtual_server fwmark N</c>: its family, its servers' ports, and what is refused.</summary>
public sealed class MarkTests
{
    [Theory]
    [InlineData("10.9.0.1 8080", IpFamily.V4, 32)]
    [InlineData("2001:db8::1 8080", IpFamily.V6, 128)]
    public void FamilyIsTheServers_AndTheirPortsStay(string server, IpFamily family, int prefixLength)
    {
        VirtualServerConfig read = Assert.Single(Read($"virtual_server fwmark 9 {{\nlb_algo rr\nlb_kind DR\nprotocol TCP\nreal_server {server} {{\n}}\n}}\n").VirtualServers);

        Assert.Equal(TransportEndpoint.OfMark(9, family), read.Address);
        Assert.Equal(prefixLength, read.PersistencePrefixLength);
        Assert.Equal(8080, read.RealServers[0].Address.Port);
    }

    [Fact]
    public void InAGroup_BesideAnAddress_EachHasTheServersAsItNeedsThem()
    {
        VirtualServerConfig read = Assert.Single(Read(
            "virtual_server_group WEB {\n10.0.0.1 80\nfwmark 9\n}\nvirtual_server group WEB {\nlb_algo rr\nlb_kind DR\nprotocol TCP\nreal_server 10.9.0.1 8080 {\n}\n}\n").VirtualServers);

        Assert.Equal([80, 8080], read.Targets.Select(target => (int)read.Single(target).RealServers[0].Address.Port));
    }

    [Theory]
    [InlineData("virtual_server fwmark", "needs")]
    [InlineData("virtual_server fwmark 0", "`0` is not a mark from 1 to 268435455")]
    [InlineData("virtual_server fwmark web", "`web` is not a mark from 1 to 268435455")]
    public void WhatIsNoMark_IsRefused(string header, string complaint) =>
        Assert.Contains(complaint, string.Join('\n', Of($"{header} {{\nlb_algo rr\nlb_kind DR\nprotocol TCP\nreal_server 10.9.0.1 80 {{\n}}\n}}\n").Diagnostics.Select(one => one.Message)), StringComparison.Ordinal);

    [Fact]
    public void TheSameMarkTwice_IsRefused_WhateverTheProtocols()
    {
        string Server(string protocol) => $"virtual_server fwmark 9 {{\nlb_algo rr\nlb_kind DR\nprotocol {protocol}\nreal_server 10.9.0.1 80 {{\n}}\n}}\n";

        Assert.Contains(Of(Server("TCP") + Server("UDP")).Diagnostics, one => one.Message == "`virtual_server fwmark 9` is given twice");
    }

    private static ConfigResult Of(string file) => ConfigReader.Read("f", file);

    private static Configuration Read(string file)
    {
        ConfigResult result = Of(file);
        Assert.Empty(result.Diagnostics.Where(said => said.IsError).Select(said => said.Message));
        return result.Configuration!;
    }
}
