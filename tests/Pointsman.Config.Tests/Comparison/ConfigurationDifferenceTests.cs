using Pointsman.Config.Comparison;
using Pointsman.Config.Model;
using Pointsman.Config.Tests.Effective;
using Xunit;

namespace Pointsman.Config.Tests.Comparison;

/// <summary>What a file would change, in the operator's words.</summary>
public sealed class ConfigurationDifferenceTests
{
    private const string Site = """
        vrrp_script chk {
            script /bin/true
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority 100
            authentication {
                auth_type PASS
                auth_pass secret
            }
            virtual_ipaddress {
                10.0.0.1
                10.0.0.2
            }
            track_script {
                chk
            }
        }
        virtual_server 10.0.0.1 80 {
            lb_algo rr
            lb_kind DR
            protocol TCP
            real_server 10.0.0.5 80 {
                TCP_CHECK {
                }
            }
            real_server 10.0.0.6 80 {
            }
        }

        """;

    [Theory]
    [InlineData("priority 100", "priority 90", "vrrp_instance VI_1: priority 100 -> 90 | advertised at once; who has more takes over")]
    [InlineData("priority 100", "", "")]
    [InlineData("priority 100", "nopreempt", "vrrp_instance VI_1: nopreempt off -> on | no change of state by itself")]
    [InlineData("priority 100", "advert_int 3", "vrrp_instance VI_1: advert_int 1 -> 3 | no change of state here; the other directors need the same")]
    [InlineData("auth_pass secret", "auth_pass hidden", "vrrp_instance VI_1: authentication: auth_pass changed | directors with the password before are not heard until theirs is changed too")]
    [InlineData("        10.0.0.2\n", "", "vrrp_instance VI_1: virtual_ipaddress 10.0.0.2/32 removed | taken off at once, if this node is master")]
    [InlineData("        10.0.0.2\n", "10.0.0.2\n10.0.0.3/24 dev eth1\n", "vrrp_instance VI_1: virtual_ipaddress 10.0.0.3/24 dev eth1 added | set and announced at once, if this node is master")]
    [InlineData("        10.0.0.2\n", "        10.0.0.2 label eth0:1\n", "vrrp_instance VI_1: virtual_ipaddress 10.0.0.2/32 label eth0:1 added | set and announced at once, if this node is master\nvrrp_instance VI_1: virtual_ipaddress 10.0.0.2/32 removed | taken off at once, if this node is master")]
    [InlineData("vrrp_instance VI_1 {", "vrrp_instance VI_A {", "vrrp_instance VI_1 renamed vrrp_instance VI_A | the same router id on the same interface: it keeps its state")]
    [InlineData("virtual_router_id 51", "virtual_router_id 52", "vrrp_instance VI_1: virtual_router_id 51 -> 52 | on the wire another instance: the one before says farewell, this one begins with an election")]
    [InlineData("script /bin/true", "script \"/bin/true 1\"\ninterval 3", "vrrp_script chk: script /bin/true -> /bin/true 1 | the script runs anew; until it has, its last result counts\nvrrp_script chk: interval 1 -> 3 | the script runs anew; until it has, its last result counts")]
    [InlineData("10.0.0.5 80 {", "10.0.0.5 80 {\nweight 3", "virtual_server 10.0.0.1 80: real_server 10.0.0.5 80: weight 1 -> 3 | for new connections; those there are stay where they are")]
    [InlineData("10.0.0.6 80 {", "10.0.0.6 80 {\nweight 0", "virtual_server 10.0.0.1 80: real_server 10.0.0.6 80: weight 1 -> 0 | drained: keeps its connections and takes no new ones")]
    [InlineData("10.0.0.6 80", "10.0.0.7 80", "virtual_server 10.0.0.1 80: real_server 10.0.0.7 80 added | takes connections at once, and is checked from now on\nvirtual_server 10.0.0.1 80: real_server 10.0.0.6 80 removed | takes no connection any more; packets of those it has are dropped, unless it is added again in time")]
    [InlineData("virtual_server 10.0.0.1 80", "virtual_server 10.0.0.2 80", "virtual_server 10.0.0.2 80 added | balanced as soon as this node holds its address\nvirtual_server 10.0.0.1 80 removed | balanced no more: packets to it go to this node itself, and its connections end")]
    [InlineData("lb_algo rr", "lb_algo rr\npersistence_timeout 50", "virtual_server 10.0.0.1 80: persistence_timeout no persistence -> 50 | for new connections; those there are stay where they are")]
    [InlineData("lb_algo rr", "lb_algo rr\ndelay_loop 6", "virtual_server 10.0.0.1 80: delay_loop 60 -> 6 | checks that go by it begin anew; servers keep their state until they have run")]
    [InlineData("TCP_CHECK {", "TCP_CHECK {\nconnect_port 81", "virtual_server 10.0.0.1 80: real_server 10.0.0.5 80: TCP_CHECK: connect_port the real server's port -> 81 | the check begins anew; the server keeps its state until it has run")]
    [InlineData("10.0.0.6 80 {", "10.0.0.6 80 {\nTCP_CHECK {\n}", "virtual_server 10.0.0.1 80: real_server 10.0.0.6 80: TCP_CHECK added | the server keeps its state until the check has run")]
    [InlineData("vrrp_script chk {", "global_defs {\n#pointsman: connection_table 5000\n}\nvrrp_script chk {", "global_defs: #pointsman: connection_table 262144 -> 5000 | the table keeps its size until the daemon is stopped in order and started again")]
    [InlineData("vrrp_script chk {", "global_defs {\nrouter_id lb7\n}\nvrrp_script chk {", "global_defs: router_id the host name -> lb7 | ")]
    public void OneEdit_IsToldInWords_WithWhatItMeans(string before, string after, string told)
    {
        Assert.Contains(before, Site, StringComparison.Ordinal);
        string edited = Site.Replace(before, after, StringComparison.Ordinal);
        string[] changes = [.. ConfigurationDifference.Between(Read(Site), Read(edited)).Select(change => $"{change} | {change.Effect}")];

        Assert.Equal(told, string.Join('\n', changes));
    }

    [Fact]
    public void LayoutOrderOfBlocksAndSpelling_AreNoDifference()
    {
        Configuration tidy = Read("virtual_server 10.0.0.1 80 {\nlb_algo rr\nlb_kind DR\nprotocol TCP\nreal_server 10.0.0.5 80 {\n}\nreal_server 10.0.0.6 80 {\n}\n}\n");
        Configuration wild = Read("! no\nvirtual_server 10.0.0.1 80 { # x\n  protocol TCP\nlvs_sched rr\nlvs_method DR\nreal_server 10.0.0.6 80 {\nweight 1\n}\nreal_server 10.0.0.5 80 { }\n}\n");

        Assert.Empty(ConfigurationDifference.Between(tidy, wild));
    }

    // A keyword that works and makes no difference is one that a reload would change in silence.
    [Fact]
    public void EveryLineOfEveryKeyword_LeftOut_MakesADifference_ExactlyWhereTheModelDoes()
    {
        Configuration whole = Read(WorkingKeywordTests.Everything);
        string[] lines = WorkingKeywordTests.Everything.Split('\n');
        int told = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            if (ConfigReader.Read("f", string.Join('\n', lines.Where((_, index) => index != i))).Configuration is { } without)
            {
                bool isSame = ModelText.Of(whole) == ModelText.Of(without);
                Assert.True(isSame == ConfigurationDifference.Between(whole, without).IsEmpty, lines[i]);
                told += isSame ? 0 : 1;
            }
        }

        Assert.True(told > 20);
    }

    [Fact]
    public void RandomConfigurations_DifferExactlyWhenTheirModelsDo()
    {
        for (ulong seed = 0; seed < 100; seed++)
        {
            Configuration one = new RandomConfiguration(seed).Make(), other = new RandomConfiguration(seed + 1).Make();
            Assert.Empty(ConfigurationDifference.Between(one, new RandomConfiguration(seed).Make()));
            Assert.Equal(ModelText.Of(one) == ModelText.Of(other), ConfigurationDifference.Between(one, other).IsEmpty);
        }
    }

    private static Configuration Read(string text)
    {
        ConfigResult result = ConfigReader.Read("f", text);
        Assert.True(result.Configuration is not null, DiagnosticRenderer.OneLine(result));
        return result.Configuration;
    }
}
