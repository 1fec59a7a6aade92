using Pointsman.Config.Model;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary><c>#pointsman: full_nat</c>: the addresses as which servers see their clients.</summary>
public sealed class FullNatTests
{
    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5")]
    [InlineData("10.0.0.5 10.0.0.9-11 10.0.0.5", "10.0.0.5 10.0.0.9 10.0.0.10 10.0.0.11")]
    [InlineData("2001:db8::9 10.0.0.5", "2001:db8::9 10.0.0.5")]
    public void AddressesAndRanges_AreAllThere_Once(string typed, string expected)
    {
        ConfigResult result = Of(Server(typed));

        Assert.Empty(result.Diagnostics);
        Assert.Equal(expected, string.Join(' ', Assert.Single(result.Configuration!.VirtualServers).FullNat));
    }

    [Theory]
    [InlineData("10.0.0.5", "lb_kind NAT", "lb_kind DR", "`full_nat` cannot be here: none of the servers is reached by NAT")]
    [InlineData("10.0.0.5", "TCP", "SCTP", "`full_nat` cannot be here: SCTP names the addresses of both ends in its packets")]
    [InlineData("2001:db8::9", "", "", "`full_nat` cannot be here: none of its addresses is of IPv4, as `10.0.0.1:80` is")]
    [InlineData("10.0.0.1", "", "", "`full_nat` cannot be here: 10.0.0.1 is the address of a virtual server")]
    public void WhereItCannotBe_IsRefused(string typed, string from, string to, string complaint)
    {
        string file = Server(typed);
        ConfigResult result = Of(from.Length == 0 ? file : file.Replace(from, to, StringComparison.Ordinal));

        Assert.Contains(result.Diagnostics, one => one.IsError && one.Message == complaint);
    }

    [Theory]
    [InlineData("10.0.0.5-10.0.0.21")]
    [InlineData("10.0.0.9-5")]
    [InlineData("web")]
    [InlineData("10.0.0.5-")]
    public void WhatIsNoRange_IsRefused(string typed) => Assert.Contains(Of(Server(typed)).Diagnostics, one => one.IsError);

    [Fact]
    public void OfAMark_TheFamilyIsItsServers()
    {
        string file = Server("2001:db8::9").Replace("10.0.0.1 80", "fwmark 9", StringComparison.Ordinal).Replace("10.9.0.1", "2001:db8::1", StringComparison.Ordinal);

        Assert.DoesNotContain(Of(file).Diagnostics, one => one.IsError);
    }

    private static string Server(string typed) =>
        $"virtual_server 10.0.0.1 80 {{\nlb_algo rr\nlb_kind NAT\nprotocol TCP\n#pointsman: full_nat {typed}\nreal_server 10.9.0.1 80 {{\nTCP_CHECK {{\n}}\n}}\n}}\n";

    private static ConfigResult Of(string file) => ConfigReader.Read("f", file);
}
