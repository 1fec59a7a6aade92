using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Tests;
using Pointsman.Vrrp;
using Xunit;

namespace Pointsman.Engine.Tests;

/// <summary>The same interfaces, names and places as keepalived 2.2.7 makes of these files.</summary>
public sealed class VirtualMacPlanTests
{
    [Fact]
    [Rfc("9568-7.3-1")]
    [Rfc("3768-7.3-1")]
    public void UseVmac_NamesFamiliesAndOtherInterfaces_AsKeepalived() => Assert.Equal(
        """
        A: vx.51@eth0 00:00:5e:00:01:33 own; 10.9.0.100 on vx.51; 10.9.1.100 on eth1
        C: vx6.51@eth0 00:00:5e:00:02:33 own; fe80::100 on vx6.51
        D: mine@eth0 02:01:02:03:04:34 own, va.52@eth1 02:01:02:03:04:34; 10.9.0.101 on mine; 10.9.1.102 on va.52
        F: va.54@eth1 00:00:5e:00:01:36; 10.9.0.106 on eth0; 10.9.1.106 on va.54
        G: vx.55@eth0 00:00:5e:00:01:37 own, va.55@eth0 00:00:5e:00:02:37; 10.9.0.107 on vx.55; 2001:db8::1 on va.55
        """,
        Plan("""
            global_defs {
                vmac_prefix vx
                vmac_addr_prefix va
            }
            vrrp_instance A {
                interface eth0
                virtual_router_id 51
                use_vmac
                virtual_ipaddress {
                    10.9.0.100
                    10.9.1.100 dev eth1
                }
            }
            vrrp_instance C {
                interface eth0
                virtual_router_id 51
                use_vmac
                virtual_ipaddress {
                    fe80::100
                }
            }
            vrrp_instance D {
                interface eth0
                virtual_router_id 52
                use_vmac mine 02:01:02:03:04
                virtual_ipaddress {
                    10.9.0.101
                    10.9.1.102 dev eth1 use_vmac
                }
            }
            vrrp_instance F {
                interface eth0
                virtual_router_id 54
                use_vmac_addr
                virtual_ipaddress {
                    10.9.0.106
                    10.9.1.106 dev eth1
                }
            }
            vrrp_instance G {
                interface eth0
                virtual_router_id 55
                use_vmac
                use_vmac_addr
                virtual_ipaddress {
                    10.9.0.107
                }
                virtual_ipaddress_excluded {
                    2001:db8::1
                }
            }

            """));

    [Fact]
    public void Instance_WithVirtualMac_TracksItsInterfaceUnlessToldNotTo()
    {
        const string File = """
            vrrp_instance A {
                interface eth0
                virtual_router_id 51
                use_vmac
                virtual_ipaddress {
                    10.9.0.100
                }
            }

            """;
        Assert.Equal("vrrp.51", Assert.Single(Tracked(File)));
        Assert.Empty(Tracked(File.Replace("use_vmac\n", "use_vmac\n    dont_track_primary\n", StringComparison.Ordinal)));
    }

    [Fact]
    public void Announcement_OfAnAddressOnAVirtualMac_NamesItsInterface()
    {
        VrrpRouterSettings settings = RouterTranslation.Translate(Read("""
            vrrp_instance A {
                interface eth0
                virtual_router_id 51
                use_vmac
                virtual_ipaddress {
                    10.9.0.100
                    10.9.1.100 dev eth1
                }
            }

            """));
        string Said(string address) => VrrpEventText.Format(
            new VrrpEvent(VrrpEventKind.Announcing, 0) { Address = IpAddress.Parse(address) }, settings);

        Assert.Equal("(A) Sending/queueing gratuitous ARPs on vrrp.51 for 10.9.0.100", Said("10.9.0.100"));
        Assert.Equal("(A) Sending/queueing gratuitous ARPs on eth1 for 10.9.1.100", Said("10.9.1.100"));
    }

    private static IEnumerable<string> Tracked(string text) =>
        RouterTranslation.Translate(Read(text)).Instances[0].TrackInterfaces.Select(track => track.Name);

    private static string Plan(string text)
    {
        Configuration configuration = Read(text);
        var plan = new VirtualMacPlan(configuration);
        return string.Join('\n', configuration.Instances.Select(instance =>
            $"{instance.Name}: {string.Join(", ", plan.Of(instance.Name).Select(mac => $"{mac.Name}@{mac.Parent} {mac.Mac}{(mac.IsOwn ? " own" : "")}"))}; "
            + string.Join("; ", instance.HeldAddresses.Select(address => $"{address.Prefix.Address} on {plan.DeviceOf(instance, address)}"))));
    }

    private static Configuration Read(string text)
    {
        ConfigResult result = ConfigReader.Read("f", text);
        return result.Configuration ?? throw new InvalidOperationException(DiagnosticRenderer.Human(result));
    }
}
