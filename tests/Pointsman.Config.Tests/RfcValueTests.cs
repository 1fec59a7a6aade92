using Pointsman.Config.Model;
using Pointsman.Tests;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>What values the RFCs allow and assume of a virtual router's parameters.</summary>
public sealed class RfcValueTests
{
    [Fact]
    [Rfc("9568-5.2.4-4")]
    [Rfc("9568-5.2.7-2")]
    [Rfc("3768-5.3.4-4")]
    [Rfc("3768-5.3.7-2")]
    public void NothingGiven_PriorityIs100AndTheIntervalASecond()
    {
        VrrpInstanceConfig instance = Assert.Single(Read("virtual_router_id 51")!.Instances);

        Assert.Equal(100, instance.Priority);
        Assert.Equal(TimeSpan.FromSeconds(1), instance.AdvertInterval);
        Assert.False(instance.Nopreempt);
    }

    [Theory]
    [InlineData("virtual_router_id 1", true)]
    [InlineData("virtual_router_id 255", true)]
    [InlineData("virtual_router_id 0", false)]
    [InlineData("virtual_router_id 256", false)]
    [InlineData("virtual_router_id 51\npriority 0", false)]
    [InlineData("virtual_router_id 51\npriority 254", true)]
    [InlineData("virtual_router_id 51\npriority 256", false)]
    [InlineData("virtual_router_id 51\nversion 3\nadvert_int 0.01", true)]
    [InlineData("virtual_router_id 51\nversion 3\nadvert_int 0", false)]
    [InlineData("virtual_router_id 51\nversion 3\nadvert_int 40.95", true)]
    [InlineData("virtual_router_id 51\nversion 3\nadvert_int 40.96", false)]
    [InlineData("virtual_router_id 51\nadvert_int 255", true)]
    [InlineData("virtual_router_id 51\nadvert_int 256", false)]
    [Rfc("9568-5.2.3-1")]
    [Rfc("9568-5.2.4-2")]
    [Rfc("9568-6.1-8")]
    [Rfc("3768-5.3.3-1")]
    [Rfc("3768-5.3.4-2")]
    public void Number_OutsideWhatAnAdvertCanSay_IsRefused(string settings, bool isRight) =>
        Assert.Equal(isRight, Read(settings) is not null);

    [Theory]
    [InlineData("10.0.0.2", true)]
    [InlineData("2001:db8::2", false)]
    [Rfc("9568-5.2.9-2")]
    public void AddressesOfBothFamilies_AreRefused(string second, bool isRight) =>
        Assert.Equal(isRight, Read("virtual_router_id 51\nversion 3", second) is not null);

    private static Configuration? Read(string settings, string? second = null) => ConfigReader.Read("f", $$"""
        vrrp_instance VI_1 {
        interface eth0
        {{settings}}
        virtual_ipaddress {
        10.0.0.1
        {{second}}
        }
        }
        """).Configuration;
}
