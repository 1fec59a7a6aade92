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
    public void FamilyIsTheServers_AndTheirPortsAreForChecksAlone(string server, IpFamily family, int prefixLength)
    {
        ConfigResult result = Of($"virtual_server fwmark 9 {{\nlb_algo rr\nlb_kind NAT\nprotocol TCP\nreal_server {server} {{\nTCP_CHECK {{\n}}\n}}\n}}\n");
        VirtualServerConfig read = Assert.Single(result.Configuration!.VirtualServers);

        Assert.Equal(TransportEndpoint.OfMark(9, family), read.Address);
        Assert.Equal(prefixLength, read.PersistencePrefixLength);
        Assert.Equal((0, (ushort?)8080), (read.RealServers[0].Address.Port, read.RealServers[0].Checks[0].ConnectPort));
        Assert.Equal(DiagnosticCatalogue.PortOfAllPorts, Assert.Single(result.Diagnostics).Descriptor);
    }

    // Tunnels carry either family; everything else is of the mark's.
    [Theory]
    [InlineData("ip_family inet6", "DR", "2001:db8::1", IpFamily.V6)]
    [InlineData("ip_family inet", "DR", "10.9.0.1", IpFamily.V4)]
    [InlineData("ip_family inet6", "TUN", "10.9.0.1", IpFamily.V6)]
    [InlineData("ip_family inet", "TUN", "2001:db8::1", IpFamily.V4)]
    public void FamilyThatIsSaid_IsTheMarks(string said, string kind, string server, IpFamily family)
    {
        VirtualServerConfig read = Assert.Single(Read(Server("fwmark 9", said, kind, server)).VirtualServers);

        Assert.Equal(TransportEndpoint.OfMark(9, family), read.Address);
        Assert.Equal(family == IpFamily.V4 ? 32 : 128, read.PersistencePrefixLength);
    }

    [Theory]
    [InlineData("fwmark 9", "ip_family inet6", "10.9.0.1", "6: `10.9.0.1` is an IPv4 address, `ip_family inet6` is not")]
    [InlineData("fwmark 9", "ip_family inet", "2001:db8::1", "6: `2001:db8::1` is an IPv6 address, `ip_family inet` is not")]
    [InlineData("fwmark 9", "", "10.9.0.1 80 {\n}\nreal_server 2001:db8::1", "8: `2001:db8::1` is an IPv6 address, `10.9.0.1` is not")]
    [InlineData("10.9.0.9 80", "ip_family inet6", "10.9.0.1", "2: `10.9.0.9` is an IPv4 address, `ip_family inet6` is not")]
    [InlineData("fwmark 9", "ip_family ipv6", "10.9.0.1", "2: `ipv6` is not one of inet, inet6")]
    public void FamilyThatIsNotTheServers_IsRefused_ByPlace(string header, string said, string server, string complaint) => Assert.Contains(
        Of(Server(header, said, "DR", server)).Diagnostics,
        one => one.IsError && $"{one.Span.Line}: {one.Message}".StartsWith(complaint, StringComparison.Ordinal));

    [Theory]
    [InlineData("fwmark 9 inet6", "", "DR", "2001:db8::1", "fwmark 9 (IPv6)")]
    [InlineData("fwmark 9", "ip_family inet6", "TUN", "10.9.0.1", "fwmark 9 (IPv6)")]
    [InlineData("fwmark 9 inet\nfwmark 9 inet6\nfwmark 10", "", "TUN", "2001:db8::1", "fwmark 9, fwmark 9 (IPv6), fwmark 10 (IPv6)")]
    [InlineData("fwmark 9 inet\nfwmark 10", "ip_family inet6", "TUN", "10.9.0.1", "fwmark 9, fwmark 10 (IPv6)")]
    public void InAGroup_EachLineSaysItsFamily(string lines, string said, string kind, string server, string expected)
    {
        Configuration read = Read($"virtual_server_group WEB {{\n{lines}\n}}\n" + Server("group WEB", said, kind, server));

        Assert.Equal(expected, string.Join(", ", Assert.Single(read.VirtualServers).Targets));
        Assert.Equal(lines, string.Join('\n', Assert.Single(read.VirtualServerGroups).Ranges));
    }

    [Theory]
    [InlineData("fwmark 9 inet6", "10.9.0.1", "`10.9.0.1` is an IPv4 address, `fwmark 9 inet6` is not")]
    [InlineData("fwmark 9 ipv6", "10.9.0.1", "`ipv6` is not one of inet, inet6")]
    [InlineData("fwmark 9 inet 80", "10.9.0.1", "`80`")]
    [InlineData("fwmark 9 inet\nfwmark 9 inet6", "10.9.0.1", "`10.9.0.1` is an IPv4 address, `fwmark 9 inet6` is not")]
    public void InAGroup_WhatCannotBe_IsRefused(string lines, string server, string complaint) => Assert.Contains(
        complaint,
        string.Join('\n', Of($"virtual_server_group WEB {{\n{lines}\n}}\n" + Server("group WEB", "", "DR", server)).Diagnostics.Select(one => one.Message)),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("lblc", LoadBalanceAlgorithm.Lblc)]
    [InlineData("lblcr", LoadBalanceAlgorithm.Lblcr)]
    public void SchedulersByDestination_AreTaken_AlsoInAGroup(string name, LoadBalanceAlgorithm algorithm)
    {
        string Said(string header) => Server(header, "", "DR", "10.9.0.1").Replace("lb_algo rr", $"lb_algo {name}", StringComparison.Ordinal);

        Assert.Equal(algorithm, Assert.Single(Read(Said("fwmark 9")).VirtualServers).Algorithm);
        Assert.Equal(algorithm, Assert.Single(Read($"virtual_server_group WEB {{\n10.0.0.1 80\nfwmark 9\n}}\n{Said("group WEB")}").VirtualServers).Algorithm);
    }

    // IPVS does not ask; keepalived complains of one that is given.
    [Theory]
    [InlineData("fwmark 9", false)]
    [InlineData("10.9.0.9 80", true)]
    public void WithoutAProtocol_OnlyAnAddressMissesIt(string header, bool isMissed) => Assert.Equal(
        isMissed,
        Of(Server(header, "", "DR", "10.9.0.1").Replace("protocol TCP\n", "", StringComparison.Ordinal)).Diagnostics.Any(one => one.Descriptor == DiagnosticCatalogue.ProtocolMissing));

    [Fact]
    public void InAGroup_BesideAnAddress_EachHasTheServersAsItNeedsThem()
    {
        VirtualServerConfig read = Assert.Single(Read(
            "virtual_server_group WEB {\n10.0.0.1 80\nfwmark 9\n}\nvirtual_server group WEB {\nlb_algo rr\nlb_kind DR\nprotocol TCP\nreal_server 10.9.0.1 8080 {\n}\n}\n").VirtualServers);

        Assert.Equal([80, 0], read.Targets.Select(target => (int)read.Single(target).RealServers[0].Address.Port));
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

    private static string Server(string header, string said, string kind, string server) =>
        $"virtual_server {header} {{\n{said}\nlb_algo rr\nlb_kind {kind}\nprotocol TCP\nreal_server {server} 80 {{\n}}\n}}\n";

    private static ConfigResult Of(string file) => ConfigReader.Read("f", file);

    private static Configuration Read(string file)
    {
        ConfigResult result = Of(file);
        Assert.Empty(result.Diagnostics.Where(said => said.IsError).Select(said => said.Message));
        return result.Configuration!;
    }
}
