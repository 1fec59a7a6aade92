using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>A weight that cannot move a priority is told, wherever it was typed.</summary>
public sealed class WeightTests
{
    [Theory]
    [InlineData("weight 2", "chk", true)]
    [InlineData("weight 2", "chk weight 0", false)]
    [InlineData("weight 0", "chk weight -5", true)]
    [InlineData("weight 0", "chk", false)]
    public void TrackerOfAGroupsMember_WithAWeight_IsTold(string ofScript, string track, bool isTold)
    {
        string text = $$"""
            vrrp_script chk {
                script /bin/true
                user nobody
                {{ofScript}}
            }
            vrrp_sync_group G {
                group {
                    A
                    B
                }
            }
            vrrp_instance A {
                interface eth0
                virtual_router_id 1
                track_script {
                    {{track}}
                }
                virtual_ipaddress {
                    10.0.0.1
                }
            }
            vrrp_instance B {
                interface eth0
                virtual_router_id 2
                track_interface {
                    eth1
                }
                virtual_ipaddress {
                    10.0.0.2
                }
            }
            """;
        Assert.Equal(isTold ? ["PM1217"] : [], ConfigReader.Read("f", text).Diagnostics.Select(d => d.Descriptor.Code));
    }
}
