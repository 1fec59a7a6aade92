using Pointsman.Config.Effective;
using Pointsman.Config.Model;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>The language of <c>ip route</c> and <c>ip rule</c>, as routes and rules of a file.</summary>
public sealed class RoutingLineTests
{
    [Theory]
    [InlineData("10.1.2.3/16 via 10.0.0.9 dev eth1", "10.1.0.0/16 via 10.0.0.9 dev eth1")]
    [InlineData("src 192.168.100.1 to 192.168.109.0/24 via 192.168.200.254 dev eth1", "192.168.109.0/24 via 192.168.200.254 dev eth1 src 192.168.100.1")]
    [InlineData("default gw 10.0.0.9 table 100", "default via 10.0.0.9 table 100")]
    [InlineData("0.0.0.0/0 gw 10.0.0.9 table main protocol static", "default via 10.0.0.9 protocol 4")]
    [InlineData("inet6 default via fe80::1 dev eth0 pref high", "inet6 default via fe80::1 dev eth0 pref high")]
    [InlineData("default via fe80::1 dev eth0 expires 60", "inet6 default via fe80::1 dev eth0 expires 60")]
    [InlineData("10.1.0.0/16 via inet6 fe80::1 dev eth0", "10.1.0.0/16 via inet6 fe80::1 dev eth0")]
    [InlineData("blackhole 192.168.114.0/24", "blackhole 192.168.114.0/24")]
    [InlineData("unreachable 2001:db8::/32 metric 5", "unreachable 2001:db8::/32 metric 5")]
    [InlineData("10.1.0.0/16 dev eth1 tos 0x04 scope link priority 12 onlink realms 1/20", "10.1.0.0/16 dev eth1 tos 4 scope 253 metric 12 onlink realms 1/20")]
    [InlineData(
        "10.1.0.0/16 dev eth1 mtu lock 1000 hoplimit 100 advmss 101 rtt 102ms rttvar 103 reordering 104 window 105 cwnd 106 ssthresh 107 rto_min 1s initcwnd 109 initrwnd 110 features ecn quickack 1 congctl lock cubic fastopen_no_cookie 1",
        "10.1.0.0/16 dev eth1 mtu lock 1000 hoplimit 100 advmss 101 rtt 816 rttvar 103 reordering 104 window 105 cwnd 106 ssthresh 107 rto_min 1000 initcwnd 109 initrwnd 110 features ecn quickack 1 fastopen_no_cookie 1 congctl lock cubic")]
    [InlineData("10.1.0.0/16 append nexthop via 10.0.0.1 weight 2 nexthop via 10.0.0.2 dev eth0 onlink", "10.1.0.0/16 append nexthop via 10.0.0.1 weight 2 nexthop via 10.0.0.2 dev eth0 onlink")]
    [InlineData("192.168.113.0/24 via 192.168.200.254 or 192.168.100.254 dev eth1", "192.168.113.0/24 nexthop via 192.168.200.254 dev eth1 nexthop via 192.168.100.254 dev eth1")]
    [InlineData("10.1.0.0/16 dev eth1 add no_track", "10.1.0.0/16 dev eth1 add no_track")]
    public void Route_Read_MeansTheSameInCanonicalWords(string line, string expected)
    {
        RouteConfig route = Assert.Single(Read($"static_routes {{\n{line}\n}}\n").Static.Routes);
        Assert.Equal(expected, StaticView.Line(route));
        Assert.Equal(expected, StaticView.Line(Assert.Single(Read($"static_routes {{\n{expected}\n}}\n").Static.Routes)));
    }

    [Theory]
    [InlineData("from 192.168.2.0/24 table 1 priority 5", "from 192.168.2.0/24 preference 5 table 1")]
    [InlineData("to 2001:db8::/32 lookup main order 7", "to 2001:db8::/32 preference 7 table 254")]
    [InlineData("not inet6 fwmark 0x10/0xff blackhole preference 8", "inet6 not preference 8 fwmark 16/255 blackhole")]
    [InlineData("iif eth0 oif eth1 ipproto tcp sport 100-200 dport 80 tos 4 preference 9 goto 100", "preference 9 tos 4 iif eth0 oif eth1 ipproto 6 sport 100-200 dport 80-80 goto 100")]
    [InlineData("uidrange 0-99 suppress_prefixlength 0 suppress_ifgroup 3 tunnel-id 77 protocol static l3mdev preference 10", "preference 10 suppress_prefixlength 0 suppress_ifgroup 3 tunnel-id 77 uidrange 0-99 l3mdev protocol 4")]
    public void Rule_Read_MeansTheSameInCanonicalWords(string line, string expected)
    {
        RuleConfig rule = Assert.Single(Read($"static_rules {{\n{line}\n}}\n").Static.Rules);
        Assert.Equal(expected, StaticView.Line(rule));
        Assert.Equal(expected, StaticView.Line(Assert.Single(Read($"static_rules {{\n{expected}\n}}\n").Static.Rules)));
    }

    [Theory]
    [InlineData("static_routes", "via 10.0.0.1", "leads nowhere")]
    [InlineData("static_routes", "10.1.0.0/16 via fe80::1 src 2001:db8::1", "mixed")]
    [InlineData("static_routes", "10.1.0.0/16 dev eth0 encap ip id 1", "make a tunnel interface")]
    [InlineData("static_routes", "10.1.0.0/16 dev eth0 vrf blue", "name the VRF's table")]
    [InlineData("static_routes", "nat 10.1.0.0/16 via 10.0.0.1", "no such routes since 2.6")]
    [InlineData("static_routes", "10.1.0.0/16 dev eth0 table blue", "names of /etc/iproute2 are not read")]
    [InlineData("static_routes", "10.1.0.0/16 dev eth0 metric", "needs a value")]
    [InlineData("static_routes", "10.1.0.0/16 dev eth0 colour", "an option of a route")]
    [InlineData("static_rules", "from 10.1.0.0/16", "what is to be done is not said")]
    [InlineData("static_rules", "from 10.1.0.0/16 to 2001:db8::/32 table 1", "mixed")]
    [InlineData("static_rules", "sport 9-1 table 1", "a number or a range")]
    [InlineData("static_rules", "from 10.1.0.0/16 table 1 track_group T", "there is no `track_group T`")]
    public void Line_WithAMistake_IsRefusedWithTheReason(string block, string line, string expected)
    {
        ConfigResult result = ConfigReader.Read("f", $"{block} {{\n{line}\n}}\n");
        Assert.Null(result.Configuration);
        Assert.Contains(expected, DiagnosticRenderer.Human(result), StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_WithoutPreference_GetOneEachAsWithKeepalived()
    {
        Configuration read = Read("static_rules {\nfrom 10.0.0.0/8 table 1\nfrom 11.0.0.0/8 table 1 preference 5\nfrom 12.0.0.0/8 table 1\n}\n");
        Assert.Equal([16384u, 5u, 16383u], read.Static.Rules.Select(rule => rule.Rule.Preference));
    }

    private static Configuration Read(string text)
    {
        ConfigResult result = ConfigReader.Read("f", text);
        return result.Configuration ?? throw new InvalidOperationException(DiagnosticRenderer.Human(result));
    }
}
