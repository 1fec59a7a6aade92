using Pointsman.Config.Judgement;
using Xunit;

namespace Pointsman.Config.Tests.Judgement;

/// <summary>Remarks on mail, beyond the examples of the pages.</summary>
public sealed class MailJudgementTests
{
    private const string Post = "notification_email {\nops@example.org\n}\nsmtp_server 10.0.0.25\n";

    [Theory]
    [InlineData("notification_email {\nops@example.org\n}\n", "", "PM1509")]
    [InlineData("smtp_server 10.0.0.25\n", "", "PM1509")]
    [InlineData("smtp_alert\n", "", "PM1509")]
    [InlineData("smtp_alert_checker\n", "", "PM1509")]
    [InlineData("smtp_alert_vrrp off\n", "", "")]
    [InlineData("", "", "")]
    [InlineData(Post, "smtp_alert", "")]
    [InlineData(Post + "smtp_alert_vrrp\n", "", "")]
    [InlineData(Post + "smtp_alert_vrrp\n", "smtp_alert off", "PM1512")]
    [InlineData("notification_email {\na b@example.org\n}\nsmtp_server 10.0.0.25\n", "smtp_alert", "PM1510")]
    [InlineData("notification_email {\n<ops@example.org>\n}\nsmtp_server 10.0.0.25\n", "smtp_alert", "PM1510")]
    [InlineData(Post + "notification_email_from @example.org\n", "smtp_alert", "PM1510")]
    [InlineData("notification_email {\nops@exa_mple..org\n}\nsmtp_server 10.0.0.25\n", "smtp_alert", "PM1510")]
    [InlineData("notification_email {\nroot@localhost\n}\nsmtp_server localhost\n", "smtp_alert", "")]
    [InlineData("notification_email {\nops@[10.0.0.1]\n}\nsmtp_server fd00::25\n", "smtp_alert", "")]
    [InlineData(Post + "#pointsman: smtp_tls implicit\n", "smtp_alert", "PM1513")]
    public void Settings_Judged_DrawThis(string global, string instance, string codes) =>
        Assert.Equal(codes, Codes($"global_defs {{\n{global}}}\n{Instance(instance)}"));

    [Fact]
    public void RealServer_IsToldOfUnasked_SoThatMailIsNotInVain()
    {
        const string Service = "virtual_server 10.0.0.1 80 {\nlb_algo rr\nlb_kind DR\nprotocol TCP\nreal_server 10.0.0.2 80 {\n}\n}\n";
        Assert.DoesNotContain("PM1512", Codes($"global_defs {{\n{Post}}}\n{Instance("")}{Service}"), StringComparison.Ordinal);
        Assert.Contains("PM1512", Codes($"global_defs {{\n{Post}smtp_alert_checker off\n}}\n{Instance("")}{Service}"), StringComparison.Ordinal);
    }

    private static string Instance(string setting) =>
        $"vrrp_instance A {{\ninterface eth0\nvirtual_router_id 1\n{setting}\nvirtual_ipaddress {{\n10.0.0.1\n}}\n}}\n";

    private static string Codes(string text) => string.Join(
        ' ',
        Judge.Node(ConfigReader.Read("f", text)).Diagnostics.Select(diagnostic => diagnostic.Descriptor.Code)
            .Where(code => code is not ("PM1301" or "PM1501" or "PM1331")).Distinct());
}
