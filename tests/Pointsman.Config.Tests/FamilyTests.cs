using Pointsman.Config.Model;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>Virtual servers of IPv6: what is the same, what is typed otherwise, and what cannot be mixed.</summary>
public sealed class FamilyTests
{
    [Fact]
    public void ServiceOfIpv6_IsReadAsAnyOther()
    {
        VirtualServerConfig server = Read("persistence_timeout 60", "2001:db8::200", "2001:db8::11");

        Assert.Equal("[2001:db8::200]:80", server.Address.ToString());
        Assert.Equal("[2001:db8::11]:80", server.RealServers[0].Address.ToString());
        Assert.Equal(128, server.PersistencePrefixLength);
    }

    [Theory]
    [InlineData("2001:db8::200", "2001:db8::11", "persistence_granularity 64", 64)]
    [InlineData("2001:db8::200", "2001:db8::11", "persistence_granularity 1", 1)]
    [InlineData("192.168.1.200", "192.168.1.11", "persistence_granularity 255.255.0.0", 16)]
    [InlineData("192.168.1.200", "192.168.1.11", "", 32)]
    public void ClientsNetworks(string address, string real, string setting, int prefixLength) =>
        Assert.Equal(prefixLength, Read($"persistence_timeout 60\n{setting}", address, real).PersistencePrefixLength);

    [Theory]
    [InlineData("255.0.255.0", 24, 0x00ff0000u)]
    [InlineData("0.0.0.255", 32, 0xffffff00u)]
    [InlineData("0.0.0.0", 0, 0u)]
    public void AnyMaskOfIpv4_IsTaken(string mask, int prefixLength, uint gaps)
    {
        VirtualServerConfig server = Read($"persistence_timeout 60\npersistence_granularity {mask}", "192.168.1.200", "192.168.1.11");
        Assert.Equal((prefixLength, gaps), (server.PersistencePrefixLength, server.PersistenceGaps));
    }

    [Theory]
    [InlineData("2001:db8::200", "2001:db8::11", "persistence_granularity 255.255.0.0", "`255.255.0.0` is not a prefix length from 1 to 128")]
    [InlineData("2001:db8::200", "2001:db8::11", "persistence_granularity 129", "`129` is not a netmask; over IPv6 a prefix length from 1 to 128")]
    [InlineData("2001:db8::200", "2001:db8::11", "persistence_granularity 0", "`0` is not a netmask; over IPv6 a prefix length from 1 to 128")]
    [InlineData("192.168.1.200", "192.168.1.11", "persistence_granularity 24", "`24` is not a netmask")]
    [InlineData("2001:db8::200", "192.168.1.11", "", "`192.168.1.11` is an IPv4 address, `2001:db8::200` is not")]
    [InlineData("192.168.1.200", "2001:db8::11", "", "`2001:db8::11` is an IPv6 address, `192.168.1.200` is not")]
    [InlineData("2001:db8::200", "2001:db8::11", "sorry_server 192.168.1.9 80", "`192.168.1.9` is an IPv4 address, `2001:db8::200` is not")]
    [InlineData("2001:db8::200", "ff02::1", "", "`ff02::1` is not an address a machine can have")]
    [InlineData("::1", "2001:db8::11", "", "`::1` is not an address a machine can have")]
    public void WhatCannotBeMeant_IsRefusedAtItsPlace(string address, string real, string setting, string complaint) =>
        Assert.Contains(
            Complaints($"persistence_timeout 60\n{setting}", address, real, ""),
            said => said == complaint);

    [Theory]
    [InlineData("bindto 192.168.1.5", "`192.168.1.5` is an IPv4 address, `2001:db8::11` is not")]
    [InlineData("bindto 2001:db8::5", null)]
    [InlineData("connect_ip 192.168.1.7\nbindto 192.168.1.5", null)]
    [InlineData("connect_ip 192.168.1.7\nbindto 2001:db8::5", "`2001:db8::5` is an IPv6 address, `192.168.1.7` is not")]
    public void ACheck_ComesFromTheFamilyItGoesTo(string settings, string? complaint) =>
        Assert.Equal(
            complaint is null ? [] : [complaint],
            Complaints("", "2001:db8::200", "2001:db8::11", settings));

    private static VirtualServerConfig Read(string settings, string address, string real)
    {
        ConfigResult result = Result(settings, address, real, "");
        Assert.Empty(result.Diagnostics.Where(said => said.Descriptor.Severity == Severity.Error));
        return Assert.Single(result.Configuration!.VirtualServers);
    }

    private static IEnumerable<string> Complaints(string settings, string address, string real, string check) =>
        [.. Result(settings, address, real, check).Diagnostics
            .Where(said => said.Descriptor.Severity == Severity.Error).Select(said => said.Message)];

    private static ConfigResult Result(string settings, string address, string real, string check) => ConfigReader.Read("f", $$"""
        virtual_server {{address}} 80 {
        lb_algo rr
        lb_kind DR
        protocol TCP
        {{settings}}
        real_server {{real}} 80 {
        TCP_CHECK {
        {{check}}
        }
        }
        }
        """);
}
