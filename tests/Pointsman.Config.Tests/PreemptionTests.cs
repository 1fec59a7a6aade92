using Pointsman.Config.Model;
using Pointsman.Tests;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>Who takes over from whom follows from <c>state</c>, <c>priority</c>, <c>nopreempt</c> and <c>preempt_delay</c> together.</summary>
public sealed class PreemptionTests
{
    [Theory]
    [InlineData("priority 255", true)]
    [InlineData("priority 254", false)]
    [InlineData("priority 255\nstate BACKUP", false)]
    [Rfc("3768-6.4.1-1")]
    [Rfc("9568-6.4.1-1")]
    public void OwnerWithoutAState_IsMasterFromTheStart(string settings, bool startsAsMaster) =>
        Assert.Equal(startsAsMaster, Read(settings).StartsAsMaster);

    // keepalived 2.2.7 resets the same ones, and says so.
    [Theory]
    [InlineData("state MASTER\npriority 150\nnopreempt", "`nopreempt` has no effect with `state MASTER`")]
    [InlineData("state BACKUP\npriority 255\nnopreempt", "`nopreempt` has no effect with `priority 255`")]
    [InlineData("priority 255\nnopreempt", "`nopreempt` has no effect with `priority 255`")]
    [InlineData("state MASTER\npriority 150\npreempt_delay 5", "`preempt_delay` has no effect with `state MASTER`")]
    [InlineData("priority 255\npreempt_delay 5", "`preempt_delay` has no effect with `priority 255`")]
    [InlineData("state BACKUP\nnopreempt\npreempt_delay 5", "`preempt_delay` has no effect with `nopreempt`", true)]
    [InlineData("state BACKUP\nnopreempt", null, true)]
    [InlineData("state BACKUP\npreempt_delay 5", null, false, 5)]
    [InlineData("state MASTER\npriority 150\npreempt_delay 0", null)]
    public void SettingsThatContradictEachOther_AreToldAndTheWeakerOneGoes(
        string settings, string? told, bool nopreempt = false, int delaySeconds = 0)
    {
        VrrpInstanceConfig instance = Read(settings, told);

        Assert.Equal(nopreempt, instance.Nopreempt);
        Assert.Equal(TimeSpan.FromSeconds(delaySeconds), instance.PreemptDelay);
    }

    private static VrrpInstanceConfig Read(string settings, string? told = null)
    {
        ConfigResult result = ConfigReader.Read("f", $$"""
            vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            {{settings}}
            virtual_ipaddress {
            10.0.0.1
            }
            }
            """);
        Assert.Equal(told is null ? [] : [told], result.Diagnostics.Select(diagnostic => diagnostic.Message));
        return Assert.Single(result.Configuration!.Instances);
    }
}
