using Pointsman.Base;
using Pointsman.Config.Model;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>A virtual server of all ports: by port 0, or without one.</summary>
public sealed class AllPortsTests
{
    [Theory]
    [InlineData("virtual_server 10.0.0.1 0")]
    [InlineData("virtual_server 10.0.0.1")]
    [InlineData("virtual_server 2001:db8::1 0")]
    public void PortZeroOrNone_IsAllPorts_AndPersistent(string header)
    {
        ConfigResult result = Of(Server(header, header.Contains(':', StringComparison.Ordinal) ? "2001:db8::2" : "10.9.0.1"));
        VirtualServerConfig read = Assert.Single(result.Configuration!.VirtualServers);

        Assert.Equal((0, 0), (read.Address.Port, read.RealServers[0].Address.Port));
        Assert.Equal(TimeSpan.FromSeconds(360), read.PersistenceTimeout);
        Assert.Contains(result.Diagnostics, one => one.Message.EndsWith("has all ports and no `persistence_timeout`: 360 is used", StringComparison.Ordinal));
    }

    [Fact]
    public void PersistenceThatWasTyped_Stays_WithoutAWord()
    {
        ConfigResult result = Of(Server("virtual_server 10.0.0.1 0", "10.9.0.1", "persistence_timeout 50\n"));

        Assert.Equal(TimeSpan.FromSeconds(50), result.Configuration!.VirtualServers[0].PersistenceTimeout);
        Assert.Empty(result.Diagnostics);
    }

    [Theory]
    [InlineData("DR")]
    [InlineData("NAT")]
    [InlineData("TUN")]
    public void PortOfARealServer_IsOnlyItsChecks(string kind)
    {
        ConfigResult result = Of(Server("virtual_server 10.0.0.1 0", "10.9.0.1 8080", "persistence_timeout 50\n").Replace("DR", kind, StringComparison.Ordinal));
        RealServerConfig server = result.Configuration!.VirtualServers[0].RealServers[0];

        Assert.Equal(0, server.Address.Port);
        Assert.Equal((ushort)8080, server.Checks[0].ConnectPort);
        Assert.Equal("PM1345", Assert.Single(result.Diagnostics).Descriptor.Code);
    }

    [Fact]
    public void CheckThatNobodyKnowsThePortOf_IsRefused()
    {
        string file = Server("virtual_server 10.0.0.1 0", "10.9.0.1", "persistence_timeout 50\n").Replace("connect_port 80\n", "", StringComparison.Ordinal);

        Assert.Equal("this check has no port to ask: the virtual server has all of them", Assert.Single(Of(file).Diagnostics).Message);
    }

    [Fact]
    public void TheSameServerByTwoPorts_IsOne()
    {
        string file = Server("virtual_server 10.0.0.1 0", "10.9.0.1 80", "persistence_timeout 50\nreal_server 10.9.0.1 81 {\nTCP_CHECK {\n}\n}\n");
        ConfigResult result = Of(file);

        Assert.Single(result.Configuration!.VirtualServers[0].RealServers);
        Assert.Contains(result.Diagnostics, one => one.Descriptor.Code == "PM1305");
    }

    [Fact]
    public void OfAGroup_EachAddressHasWhatItIsGiven()
    {
        const string Group = "virtual_server_group G {\n10.0.0.1\n10.0.0.2-3 0\n10.0.0.4 80\n}\n";
        ConfigResult result = Of(Group + Server("virtual_server group G", "10.9.0.1 8080", "persistence_timeout 50\n").Replace("DR", "NAT", StringComparison.Ordinal));
        VirtualServerConfig read = Assert.Single(result.Configuration!.VirtualServers);

        Assert.Equal(["10.0.0.1:0", "10.0.0.2:0", "10.0.0.3:0", "10.0.0.4:80"], read.Targets.Select(target => target.ToString()));
        Assert.Equal([0, 0, 0, 8080], read.Targets.Select(target => (int)read.Single(target).RealServers[0].Address.Port));
    }

    [Theory]
    [InlineData("virtual_server 10.0.0.1 -1")]
    [InlineData("virtual_server 10.0.0.1 65536")]
    public void WhatIsNoPort_IsRefused(string header) =>
        Assert.Contains(Of(Server(header, "10.9.0.1")).Diagnostics, one => one.IsError);

    private static string Server(string header, string real, string more = "") =>
        $"{header} {{\nlb_algo rr\nlb_kind DR\nprotocol TCP\nreal_server {real} {{\nTCP_CHECK {{\nconnect_port 80\n}}\n}}\n{more}}}\n"
            .Replace(real.Contains(' ', StringComparison.Ordinal) ? "connect_port 80\n" : "\0", "", StringComparison.Ordinal);

    private static ConfigResult Of(string file) => ConfigReader.Read("f", file);
}
