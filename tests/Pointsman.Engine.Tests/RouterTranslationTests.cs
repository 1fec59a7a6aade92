using Pointsman.Config;
using Pointsman.Vrrp;

namespace Pointsman.Engine.Tests;

/// <summary>What an operator typed for an instance reaches its machine.</summary>
public sealed class RouterTranslationTests
{
    [Fact]
    public void InstanceWithEverySetting_Translated_KeepsThemAll()
    {
        ConfigResult file = ConfigReader.Read("f", """
            vrrp_script chk {
                script /bin/true
                weight 5
            }
            vrrp_instance VI_1 {
                state BACKUP
                nopreempt
                interface eth3
                virtual_router_id 77
                priority 44
                advert_int 6
                garp_master_delay 7
                garp_master_repeat 8
                authentication {
                    auth_type PASS
                    auth_pass secret
                }
                track_script {
                    chk weight -9
                }
                track_interface {
                    eth4 weight 2
                }
                virtual_ipaddress {
                    10.0.0.1
                }
            }
            """);
        VrrpInstanceSettings settings = Assert.Single(RouterTranslation.Translate(file.Configuration!).Instances);
        Assert.Equal(("VI_1", "eth3", 77, 44), (settings.Name, settings.Interface, settings.VirtualRouterId, settings.Priority));
        Assert.Equal((6d, 7d, 8), (settings.AdvertInterval.TotalSeconds, settings.GarpMasterDelay.TotalSeconds, settings.GarpMasterRepeat));
        Assert.Equal((true, false, "secret"), (settings.Nopreempt, settings.StartsAsMaster, settings.AuthPass));
        Assert.Equal("10.0.0.1", Assert.Single(settings.VirtualAddresses).ToString());
        Assert.Equal(new VrrpTrack("chk", -9), Assert.Single(settings.TrackScripts));
        Assert.Equal(new VrrpTrack("eth4", 2), Assert.Single(settings.TrackInterfaces));
    }
}
