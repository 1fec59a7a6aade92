using Pointsman.Config;
using Pointsman.Config.Model;
using Xunit;

namespace Pointsman.Engine.Tests;

public sealed class LinkBeatTranslationTests
{
    private const string Instances = """
        vrrp_instance A {
            interface eth0
            virtual_router_id 7
            POLLED
            virtual_ipaddress {
                10.0.0.1
            }
            track_interface {
                uplink
            }
        }
        vrrp_instance B {
            interface eth1
            virtual_router_id 8
            virtual_ipaddress {
                10.0.0.2
            }
        }

        """;

    [Theory]
    [InlineData("", "", "")]
    [InlineData("linkbeat_use_polling\n", "", "eth0:Any eth1:Any uplink:Any")]
    [InlineData("", "linkbeat_use_polling", "eth0:Any")]
    [InlineData("linkbeat_interfaces {\nuplink ETHTOOL\neth0 IOCTL\n}\n", "linkbeat_use_polling", "eth0:Ioctl uplink:Ethtool")]
    [InlineData("linkbeat_interfaces {\nuplink MII\n}\nlinkbeat_use_polling\n", "", "eth0:Any eth1:Any uplink:Mii")]
    public void WhoIsAsked_AndHow(string outside, string inside, string expected)
    {
        Configuration configuration = ConfigReader.Read(
            "f", outside + Instances.Replace("POLLED", inside, StringComparison.Ordinal)).Configuration!;
        Assert.Equal(expected, string.Join(' ', LinkBeats.Of(configuration).Select(link => $"{link.Interface}:{link.Method}")));
    }

    [Theory]
    [InlineData("linkbeat_interfaces {\neth0 PING\n}\n")]
    [InlineData("linkbeat_interfaces {\neth0 MII ETHTOOL\n}\n")]
    public void AnotherQuestion_IsRefused(string text) => Assert.Null(ConfigReader.Read("f", text + Instances.Replace("POLLED", "", StringComparison.Ordinal)).Configuration);
}
