using Pointsman.Config.Comparison;
using Pointsman.Config.Effective;
using Pointsman.Config.Model;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>Groups of addresses: their forms, the ports of their servers, and what is refused.</summary>
public sealed class VirtualGroupTests
{
    private const string Dr = "lb_kind DR\nlb_algo rr\nprotocol TCP";
    private const string Check = "TCP_CHECK {\nconnect_timeout 3\n}";

    [Theory]
    [InlineData("10.0.0.1 80", "10.0.0.1:80")]
    [InlineData("10.0.0.1-3 80", "10.0.0.1:80 10.0.0.2:80 10.0.0.3:80")]
    [InlineData("10.0.0.254-10.0.1.1 80", "10.0.0.254:80 10.0.0.255:80 10.0.1.0:80 10.0.1.1:80")]
    [InlineData("10.0.0.4/30 443", "10.0.0.4:443 10.0.0.5:443 10.0.0.6:443 10.0.0.7:443")]
    [InlineData("2001:db8::9-b 80", "[2001:db8::9]:80 [2001:db8::a]:80 [2001:db8::b]:80")]
    [InlineData("2001:db8::ffff-2001:db8::1:0 80", "[2001:db8::ffff]:80 [2001:db8::1:0]:80")]
    [InlineData("10.0.0.1 80\nfwmark 7", "10.0.0.1:80 fwmark 7")]
    [InlineData("2001:db8::/127 80", "[2001:db8::]:80 [2001:db8::1]:80")]
    [InlineData("10.0.0.1 80\n10.0.0.1 443", "10.0.0.1:80 10.0.0.1:443")]
    public void Lines_AreTheAddressesTheyMean(string lines, string members)
    {
        string real = lines.Contains(':', StringComparison.Ordinal) ? "2001:db8:1::1" : "10.9.0.1";
        VirtualServerConfig server = Assert.Single(Read(lines, $"{Dr}\nreal_server {real} {{\n}}").VirtualServers);

        Assert.Equal(members, string.Join(' ', server.Members));
        Assert.Equal(("WEB", "group WEB"), (server.Group, server.Name));
    }

    [Theory]
    [InlineData("10.0.0.3-1 80", "`10.0.0.3-1` is not a range whose end is not before its beginning")]
    [InlineData("10.0.0.3-256 80", "`10.0.0.3-256` is not a range that ends in a number up to 255, or in an address")]
    [InlineData("10.0.0.3-fe80::1 80", "`10.0.0.3-fe80::1` is not a range that ends in a number up to 255, or in an address")]
    [InlineData("10.0.0.3/30 80", "`10.0.0.3/30` is not a network: its bits behind the length are zero")]
    [InlineData("10.0.0.0/33 80", "`10.0.0.0/33` is not a network with a length from 1 to 32")]
    [InlineData("10.0.0.0/8 80", "`10.0.0.0/8` is not a range of at most 4096 addresses")]
    [InlineData("www 80", "`www` is not an IP address or a range of them")]
    [InlineData("224.0.0.1 80", "`224.0.0.1` is not an address a machine can have")]
    [InlineData("10.0.0.1 65536", "`virtual_server_group ... 65536` is outside the range 0..65535")]
    [InlineData("fwmark 0", "`0` is not a mark from 1 to 268435455")]
    [InlineData("fwmark", "`fwmark` needs a mark of the firewall")]
    public void WhatCannotBeMeant_IsRefused(string line, string complaint) =>
        Assert.Contains(complaint, Complaints(line, $"{Dr}\nreal_server 10.9.0.1 80 {{\n}}"));

    [Theory]
    [InlineData("10.0.0.1 80\n10.0.0.2 80", "DR", "10.9.0.1", "10.9.0.1:80 10.9.0.1:80")]
    [InlineData("10.0.0.1 80\n10.0.0.2 81", "DR", "10.9.0.1", "10.9.0.1:80 10.9.0.1:81")]
    [InlineData("10.0.0.1 80\n10.0.0.2 81", "DR", "10.9.0.1 80", "10.9.0.1:80 10.9.0.1:81")]
    [InlineData("10.0.0.1 80\n10.0.0.2 81", "NAT", "10.9.0.1 8080", "10.9.0.1:8080 10.9.0.1:8080")]
    [InlineData("10.0.0.1 80\n10.0.0.2 81", "NAT", "10.9.0.1", "10.9.0.1:80 10.9.0.1:81")]
    public void RealServers_HaveTheirOwnPortOrTheAddresss(string lines, string kind, string real, string expected)
    {
        VirtualServerConfig server = Assert.Single(
            Read(lines, $"lb_kind {kind}\nlb_algo rr\nprotocol TCP\nreal_server {real} {{\n}}").VirtualServers);

        Assert.Equal(expected, string.Join(' ', server.Targets.Select(target => server.Single(target).RealServers[0].Address)));
    }

    [Fact]
    public void AddressInTwoVirtualServers_IsRefused() => Assert.Contains(
        "`virtual_server 10.0.0.2 80` is given twice",
        Complaints("10.0.0.1-3 80", $"{Dr}\nreal_server 10.9.0.1 80 {{\n}}\n}}\nvirtual_server 10.0.0.2 80 {{\n{Dr}\nreal_server 10.9.0.1 80 {{\n}}"));

    [Fact]
    public void BothFamilies_AreMixedByATunnelOnly()
    {
        const string Lines = "10.0.0.1 80\n2001:db8::1 80";
        Assert.Contains(
            "`10.9.0.1` is an IPv4 address, `2001:db8::1` is not", Complaints(Lines, $"{Dr}\nreal_server 10.9.0.1 80 {{\n}}"));
        Assert.Empty(Complaints(Lines, "lb_kind TUN\nlb_algo rr\nprotocol TCP\nreal_server 10.9.0.1 80 {\n}"));
    }

    [Fact]
    public void CheckOfAServerWithoutAPort_NeedsOne()
    {
        const string Lines = "10.0.0.1 80\n10.0.0.1 443";
        Assert.Contains(
            "this check has no port to ask: the addresses of `group WEB` have different ones",
            Complaints(Lines, $"{Dr}\nreal_server 10.9.0.1 {{\n{Check}\n}}"));
        Assert.Empty(Complaints(Lines, $"{Dr}\nreal_server 10.9.0.1 443 {{\n{Check}\n}}"));
    }

    [Fact]
    public void AddressAddedAndRemoved_AreToldLineByLine()
    {
        const string Server = Dr + "\nreal_server 10.9.0.1 80 {\n}";
        Assert.Equal(
            [
                "virtual_server_group WEB: addresses 10.0.0.1-5 80 added",
                "virtual_server_group WEB: addresses 10.0.0.1-3 80 removed",
            ],
            ConfigurationDifference.Between(Read("10.0.0.1-3 80", Server), Read("10.0.0.1-5 80", Server)).Select(change => change.ToString()));
    }

    [Fact]
    public void Shown_ReadsAsTheSame()
    {
        Configuration first = Read("10.0.0.1-3 80\n2001:db8::ffff-2001:db8::1:1 80\nfwmark 7", "lb_kind TUN\nlb_algo rr\nprotocol TCP\nreal_server 10.9.0.1 {\n}\nsorry_server 10.9.0.9");

        ConfigResult again = ConfigReader.Read("f", EffectiveText.Of(EffectiveModel.Of(first, SettingPlaces.None), "f"));
        Assert.Equal(ModelText.Of(first), ModelText.Of(again.Configuration!));
    }

    private static Configuration Read(string lines, string server)
    {
        ConfigResult result = Result(lines, server);
        Assert.Empty(result.Diagnostics.Where(said => said.IsError).Select(said => said.Message));
        return result.Configuration!;
    }

    private static IEnumerable<string> Complaints(string lines, string server) =>
        [.. Result(lines, server).Diagnostics.Where(said => said.IsError).Select(said => said.Message)];

    private static ConfigResult Result(string lines, string server) =>
        ConfigReader.Read("f", $"virtual_server group WEB {{\n{server}\n}}\nvirtual_server_group WEB {{\n{lines}\n}}\n");
}
