using Pointsman.Config.Model;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>Strict mode takes away what the RFCs do not know, and makes addresses deaf but on their owner.</summary>
public sealed class StrictTests
{
    [Theory]
    [InlineData("authentication {\nauth_type PASS\nauth_pass 1111\n}", "`authentication` does not count in strict mode")]
    [InlineData("preempt_delay 10", "`preempt_delay` does not count in strict mode")]
    [InlineData("state MASTER\npriority 100", "`state` does not count in strict mode: MASTER is for priority 255")]
    [InlineData("down_timer_adverts 5", "`down_timer_adverts` does not count in strict mode")]
    [InlineData("higher_prio_send_advert", "`higher_prio_send_advert` does not count in strict mode")]
    [InlineData("use_vmac\nvmac_xmit_base", "`vmac_xmit_base` does not count in strict mode")]
    [InlineData("use_vmac mine 02:01:02:03:04", "`use_vmac` does not count in strict mode")]
    [InlineData("accept", "`accept` does not count in strict mode: version 2 has no accept mode")]
    [InlineData("unicast_peer {\n10.0.0.2\n}", "`unicast_peer` cannot be in strict mode")]
    public void Setting_UnderStrictMode_IsToldOf(string lines, string expected) =>
        Assert.Contains(expected, DiagnosticRenderer.Human(Read("vrrp_strict", lines)), StringComparison.Ordinal);

    [Fact]
    public void StrictInstance_HasNothingOfIt_AndIsDeafUnlessItOwns()
    {
        VrrpInstanceConfig strict = One("vrrp_strict", "state MASTER\npriority 100\nauthentication {\nauth_type AH\nauth_pass 1111\n}\npreempt_delay 9");
        Assert.Equal((null, TimeSpan.Zero, false, false), (strict.AuthPass, strict.PreemptDelay, strict.StartsAsMaster, strict.Accepts));
        Assert.Equal((0, true, false, 3), (strict.GarpLowerPrioRepeat, strict.LowerPrioNoAdvert, strict.HigherPrioSendAdvert, strict.Adverts.DownTimerAdverts));

        VrrpInstanceConfig owner = One("vrrp_strict", "priority 255");
        Assert.Equal((true, true, true), (owner.Accepts, owner.StartsAsMaster, owner.OwnerIgnoresAdverts));
        Assert.True(One("vrrp_strict", "version 3\naccept").Accepts);
        Assert.True(One("vrrp_strict", "strict_mode off").Accepts);
        Assert.False(One("", "strict_mode").Accepts);
        Assert.False(One("", "no_accept").Accepts);
    }

    [Theory]
    [InlineData("", "no_accept", true)]
    [InlineData("vrrp_strict", "", true)]
    [InlineData("vrrp_strict", "strict_mode off", false)]
    [InlineData("vrrp_strict", "version 3\naccept", false)]
    [InlineData("vrrp_strict", "priority 255", false)]
    [InlineData("", "", false)]
    public void AddressesThatAnswerNobody_AreToldOf(string global, string lines, bool areDeaf) =>
        Assert.Equal(areDeaf, Read(global, lines).Diagnostics.Any(diagnostic => diagnostic.Descriptor.Code == "PM1248"));

    private static VrrpInstanceConfig One(string global, string lines) => Read(global, lines).Configuration!.Instances[0];

    private static ConfigResult Read(string global, string lines) => ConfigReader.Read(
        "f",
        $"global_defs {{\n{global}\n}}\nvrrp_instance A {{\ninterface eth0\nvirtual_router_id 7\n{lines}\nvirtual_ipaddress {{\n10.0.0.1\n}}\n}}\n");
}
