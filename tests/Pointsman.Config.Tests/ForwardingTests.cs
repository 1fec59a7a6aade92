using Pointsman.Config.Model;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>What <c>lb_kind</c> and <c>lvs_method</c> take, of tunnels with their types.</summary>
public sealed class ForwardingTests
{
    [Theory]
    [InlineData("DR", LoadBalanceKind.Dr, 0)]
    [InlineData("NAT", LoadBalanceKind.Nat, 0)]
    [InlineData("TUN", LoadBalanceKind.Tun, 0)]
    [InlineData("TUN type ipip", LoadBalanceKind.Tun, 0)]
    [InlineData("TUN type gre", LoadBalanceKind.TunGre, 0)]
    [InlineData("TUN type gre nocsum", LoadBalanceKind.TunGre, 0)]
    [InlineData("TUN type gue port 6080", LoadBalanceKind.TunGue, 6080)]
    [InlineData("TUN type gue port 6080 nocsum", LoadBalanceKind.TunGue, 6080)]
    [InlineData("TUN type ipip nocsum", LoadBalanceKind.Tun, 0)]
    [InlineData("TUN type gre csum", LoadBalanceKind.TunGreCsum, 0)]
    [InlineData("TUN type gue port 6080 csum", LoadBalanceKind.TunGueCsum, 6080)]
    [InlineData("TUN type gue port 6080 remcsum", LoadBalanceKind.TunGueRemcsum, 6080)]
    [InlineData("TUN csum type gue port 6080", LoadBalanceKind.TunGueCsum, 6080)]
    [InlineData("TUN port 6080 csum type gue nocsum", LoadBalanceKind.TunGue, 6080)]
    public void Method_OfTheService_IsItsServers_UnlessTheySayOtherwise(string typed, LoadBalanceKind kind, int port)
    {
        RealServerConfig server = Read($"lb_kind {typed}", "");
        Assert.Equal((kind, port), (server.Kind, server.GuePort));

        server = Read("lb_kind TUN type gue port 99", $"lvs_method {typed}");
        Assert.Equal((kind, port), (server.Kind, server.GuePort));
    }

    [Theory]
    [InlineData("tun", "`tun` is not `NAT`, `DR` or `TUN`")]
    [InlineData("TUNN", "`TUNN` is not `NAT`, `DR` or `TUN`")]
    [InlineData("TUN gre", "`gre` is not `type ipip`, `type gre` or `type gue port N`")]
    [InlineData("TUN type", "`type` is not `type ipip`, `type gre` or `type gue port N`")]
    [InlineData("TUN type vxlan", "`vxlan` is not a type of tunnel: ipip, gre or gue")]
    [InlineData("TUN type gue", "`gue` is not `gue port N`")]
    [InlineData("TUN type gue 6080", "`6080` is not `port N`, `nocsum`, `csum` or `remcsum`")]
    [InlineData("TUN type gre csum foo", "`foo` is not `port N`, `nocsum`, `csum` or `remcsum`")]
    [InlineData("TUN type gre port 6080", "`6080` is not `type ipip`, `type gre` or `type gue port N`")]
    [InlineData("TUN type gue port x", "`x` is not a port")]
    [InlineData("TUN type gre remcsum", "`remcsum` is not `nocsum` or `csum`")]
    [InlineData("TUN csum", "`csum` is not `TUN type ipip` alone")]
    [InlineData("TUN type ipip csum", "`csum` is not `TUN type ipip` alone")]
    public void WhatIsNoMethod_IsRefusedAtItsPlace(string typed, string complaint) =>
        Assert.Equal([complaint], Result($"lb_kind {typed}", "").Diagnostics.Select(said => said.Message));

    [Fact]
    public void WordsBeyond_AreToldOf() =>
        Assert.Contains(Result("lb_kind DR type gre", "").Diagnostics, said => said.Descriptor.Code == "PM1009");

    // A tunnel carries either family.
    [Fact]
    public void ServerOfTheOtherFamily_ByATunnel() =>
        Assert.Empty(Result("lb_kind TUN", "", "2001:db8::11").Diagnostics);

    private static RealServerConfig Read(string method, string own)
    {
        ConfigResult result = Result(method, own);
        Assert.Empty(result.Diagnostics);
        return Assert.Single(Assert.Single(result.Configuration!.VirtualServers).RealServers);
    }

    private static ConfigResult Result(string method, string own, string real = "192.168.1.11") => ConfigReader.Read("f", $$"""
        virtual_server 192.168.1.200 80 {
        lb_algo rr
        {{method}}
        protocol TCP
        real_server {{real}} 80 {
        {{own}}
        TCP_CHECK {
        }
        }
        }
        """);
}
