using Pointsman.Config.Judgement;
using Xunit;

namespace Pointsman.Config.Tests.Judgement;

/// <summary>What is remarked on a file and its host, beyond the examples of the pages.</summary>
public sealed class HostJudgementTests
{
    [Fact]
    public void InterfaceNamedTwice_Missing_IsToldOnce() =>
        Assert.Equal(["PM1701"], Codes(Instance("eth9", "10.0.0.1/24 dev eth9") + "vrrp_instance B {\n" + Instance("eth9", "10.0.0.2", id: 2)[18..]));

    [Fact]
    public void DeviceOfAnAddress_Missing_IsToldWithItsNeighbour()
    {
        Diagnostic only = Assert.Single(Judged(Instance("eth0", "10.0.0.1/24 dev eth00")).Diagnostics);
        Assert.Equal("PM1701", only.Descriptor.Code);
        Assert.Equal("did you mean `eth0`?", only.Label);
    }

    [Fact]
    public void RealServer_ThatIsThisHost_IsANote()
    {
        ConfigResult judged = Judged(Instance("eth0", "192.168.1.200") + Service("192.168.1.201"));
        Assert.Equal("an address of this host", Assert.Single(judged.Diagnostics).Label);
    }

    [Fact]
    public void RealServer_ThatIsAnotherHost_IsNotTold() =>
        Assert.Empty(Codes(Instance("eth0", "192.168.1.200") + Service("192.168.1.130")));

    [Fact]
    public void RealServer_OfAVirtualAddressHeldHere_IsNotTaken_ForTheHostsOwn() =>
        Assert.Empty(Codes(Instance("eth0", "192.168.1.201") + Service("192.168.1.201", "192.168.1.201")));

    // Each line of this file names one that is not there.
    [Theory]
    [InlineData("vrrp_instance A {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n 10.0.0.1\n }\n notify_master \"/etc/ngnix.sh up\"\n}\n", 7)]
    [InlineData("vrrp_instance A {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n 10.0.0.1\n }\n}\nvrrp_sync_group G {\n group {\n A\n }\n notify /etc/ngnix.sh\n}\n", 12)]
    [InlineData("virtual_server 10.0.0.1 80 {\n lb_algo rr\n lb_kind DR\n protocol TCP\n quorum_down /etc/ngnix.sh\n real_server 10.0.0.2 80 {\n weight 1\n }\n}\n", 5)]
    [InlineData("virtual_server 10.0.0.1 80 {\n lb_algo rr\n lb_kind DR\n protocol TCP\n real_server 10.0.0.2 80 {\n notify_up /etc/ngnix.sh\n }\n}\n", 6)]
    [InlineData("virtual_server 10.0.0.1 80 {\n lb_algo rr\n lb_kind DR\n protocol TCP\n real_server 10.0.0.2 80 {\n MISC_CHECK {\n misc_path /etc/ngnix.sh\n }\n }\n}\n", 6)]
    public void ScriptOfAnyKind_NotThere_IsToldAtItsLine(string text, int line)
    {
        Diagnostic told = Assert.Single(
            Judge.Host(ConfigReader.Read("keepalived.conf", text), new PageHost()).Diagnostics,
            diagnostic => diagnostic.Descriptor.Code == "PM1702");
        Assert.Equal(line, told.Span.Line);
        Assert.Equal("'/etc/ngnix.sh' does not exist", told.Label);
    }

    // .201 is the host's own, .202 the instance's, .203 static.
    [Theory]
    [InlineData("192.168.1.201-192.168.1.203", "")]
    [InlineData("192.168.1.204", "`full_nat` has 192.168.1.204, which is no address of this host")]
    [InlineData("192.168.1.202-192.168.1.206", "`full_nat` has 192.168.1.204, which is no address of this host; and 2 more")]
    public void FullNat_ByAnAddressThatIsNotHere_IsTold(string local, string expected)
    {
        string text = "static_ipaddress {\n 192.168.1.203/24 dev eth0\n}\n" + Instance("eth0", "192.168.1.202")
            + $"virtual_server 192.168.1.200 80 {{\n lb_algo rr\n lb_kind NAT\n protocol TCP\n #pointsman: full_nat {local}\n real_server 10.0.0.2 80 {{\n weight 1\n }}\n}}\n";

        Assert.Equal(expected, string.Join(", ", Judge.Host(ConfigReader.Read("keepalived.conf", text), new PageHost()).Diagnostics
            .Where(diagnostic => diagnostic.Descriptor == JudgementCatalogue.LocalAddressMissing)
            .Select(diagnostic => diagnostic.Message + (diagnostic.Label!.Contains(", ", StringComparison.Ordinal) ? ";" + diagnostic.Label.Split(',')[1] : ""))));
    }

    [Theory]
    [InlineData("fwmark 7", "10.0.0.2", "")]
    [InlineData("fwmark 8", "10.0.0.2", "1: no rule of this host's nftables gives IPv4 packets the mark 8")]
    [InlineData("fwmark 7", "2001:db8::2", "1: no rule of this host's nftables gives IPv6 packets the mark 7")]
    [InlineData("group G", "10.0.0.2", "10: no rule of this host's nftables gives IPv4 packets the mark 9")]
    public void Mark_ThatNoRuleSets_IsTold(string header, string server, string expected)
    {
        string text = $"virtual_server {header} {{\n lb_algo rr\n lb_kind DR\n real_server {server} 80 {{\n weight 1\n }}\n}}\n"
            + (header == "group G" ? "virtual_server_group G {\n 10.0.0.1 80\n fwmark 9\n fwmark 7\n}\n" : "");
        ConfigResult read = ConfigReader.Read("keepalived.conf", text);

        Assert.Equal(expected, string.Join(", ", Told(new PageHost())));
        Assert.Empty(Told(new PageHost { Marks = null }));

        IEnumerable<string> Told(PageHost host) => Judge.Host(read, host).Diagnostics
            .Where(diagnostic => diagnostic.Descriptor == JudgementCatalogue.MarkNeverSet).Select(diagnostic => $"{diagnostic.Span.Line}: {diagnostic.Message}");
    }

    private static IEnumerable<string> Codes(string text) => Judged(text).Diagnostics.Select(diagnostic => diagnostic.Descriptor.Code);

    private static ConfigResult Judged(string text)
    {
        ConfigResult result = ConfigReader.Read("keepalived.conf", text);
        Assert.Empty(result.Diagnostics);
        return Judge.Host(result, new PageHost());
    }

    private static string Instance(string link, string address, int id = 1) => $$"""
        vrrp_instance A {
            interface {{link}}
            virtual_router_id {{id}}
            virtual_ipaddress {
                {{address}}
            }
        }

        """;

    private static string Service(string real, string address = "192.168.1.200") => $$"""
        virtual_server {{address}} 80 {
            lb_algo rr
            lb_kind DR
            protocol TCP
            real_server {{real}} 80 {
                TCP_CHECK {
                }
            }
        }

        """;
}
