using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Engine.Notifications;
using Pointsman.Vrrp;
using Xunit;

namespace Pointsman.Engine.Tests;

/// <summary>Who is told what, in keepalived's words and order.</summary>
public sealed class VrrpNotificationsTests
{
    private const string Site = """
        global_defs {
            script_user nobody nogroup
            notification_email {
                ops@example.org
            }
            smtp_server 10.0.0.25
        }
        vrrp_sync_group G1 {
            group {
                VI_1
                VI_2
            }
            notify "/bin/group here"
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            notify /bin/any
            notify_master "/bin/master a b" daemon
            notify_stop /bin/stop
            notify_master_rx_lower_pri /bin/lower
            smtp_alert
            virtual_ipaddress {
                10.0.0.1
            }
        }
        vrrp_instance VI_2 {
            interface eth0
            virtual_router_id 52
            notify_deleted /bin/deleted
            virtual_ipaddress {
                10.0.0.2
            }
        }

        """;

    private readonly List<Notice> _notices = [];
    private readonly VrrpNotifications _notifications = new(Read(Site));

    private IEnumerable<string> Told => _notices.Select(notice => notice switch
    {
        Notice.RunScript run => $"{run.Subject} runs {string.Join(' ', run.Command)} as {run.User}:{run.Group}",
        Notice.Happened line => line.Line.TrimEnd('\n'),
        Notice.SendMail mail => $"{mail.Subject} {mail.Body}",
        _ => throw new InvalidOperationException(),
    });

    [Fact]
    public void InstanceBecomesMaster_StateScriptThenGenericThenPipeThenMail()
    {
        _notifications.OnInstanceChanged("VI_1", VrrpState.Master, VrrpReason.AdvertTimeout, 100, _notices);

        Assert.Equal(
            [
                "VRRP_Instance(VI_1) runs /bin/master a b as daemon:",
                "VRRP_Instance(VI_1) runs /bin/any INSTANCE VI_1 MASTER 100 as nobody:nogroup",
                "INSTANCE \"VI_1\" MASTER 100",
                "VRRP Instance VI_1 - Entering MASTER state => VRRP Instance is now owning VRRP VIPs <=",
            ],
            Told);
    }

    [Fact]
    public void GroupChanges_PriorityIsZero()
    {
        _notifications.OnGroupChanged("G1", VrrpState.Fault, _notices);

        Assert.Equal(
            ["VRRP_Group(G1) runs /bin/group here GROUP G1 FAULT 0 as nobody:nogroup", "GROUP \"G1\" FAULT 0"], Told);
    }

    [Theory]
    [InlineData("notify \"/bin/group here\"", "smtp_alert", "VRRP Group G1 - Entering MASTER state => All VRRP group instances are now in MASTER state <=")]
    [InlineData("script_user nobody nogroup", "smtp_alert_vrrp", "VRRP Group G1 - Entering MASTER state => All VRRP group instances are now in MASTER state <=")]
    [InlineData("script_user nobody nogroup", "smtp_alert_vrrp off\nsmtp_alert", null)]
    [InlineData("smtp_server 10.0.0.25", "smtp_alert", null)]
    public void GroupBecomesMaster_MailOnlyWhereAskedForAndPossible(string line, string instead, string? told)
    {
        var notifications = new VrrpNotifications(Read(Site.Replace(line, instead, StringComparison.Ordinal)));

        notifications.OnGroupChanged("G1", VrrpState.Master, _notices);

        Assert.Equal(told is null ? [] : [told], Told.Where(line => line.StartsWith("VRRP Group", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("smtp_server 10.0.0.25", 1)]
    [InlineData("smtp_server 10.0.0.25\nno_email_faults", 0)]
    public void Fault_MailUnlessNotWanted(string settings, int count)
    {
        var notifications = new VrrpNotifications(Read(Site.Replace("smtp_server 10.0.0.25", settings, StringComparison.Ordinal)));

        notifications.OnInstanceChanged("VI_1", VrrpState.Fault, VrrpReason.FileSaysFault, 100, _notices);

        Assert.Equal(count, Told.Count(line => line.StartsWith("VRRP Instance VI_1 - Entering FAULT state", StringComparison.Ordinal)));
    }

    [Fact]
    public void SameStateAgain_NothingIsTold()
    {
        _notifications.OnInstanceChanged("VI_2", VrrpState.Backup, VrrpReason.AdvertTimeout, 100, _notices);
        _notices.Clear();

        _notifications.OnInstanceChanged("VI_2", VrrpState.Backup, VrrpReason.AdvertTimeout, 100, _notices);

        Assert.Empty(_notices);
    }

    [Fact]
    public void Stopping_IsToldOnceAsStop()
    {
        _notifications.OnInstanceChanged("VI_2", VrrpState.Leaving, VrrpReason.Stopping, 100, _notices);
        _notifications.OnInstanceChanged("VI_2", VrrpState.Initialize, VrrpReason.FarewellOver, 100, _notices);

        Assert.Equal(["INSTANCE \"VI_2\" STOP 100"], Told);
    }

    [Fact]
    public void OrderedHandOver_IsNoStop()
    {
        _notifications.OnInstanceChanged("VI_2", VrrpState.Leaving, VrrpReason.HandingOver, 100, _notices);
        _notifications.OnInstanceChanged("VI_2", VrrpState.Backup, VrrpReason.HandedOver, 100, _notices);

        Assert.Equal(["INSTANCE \"VI_2\" BACKUP 100"], Told);
    }

    [Fact]
    public void LowerPriorityHeard_RunsItsScript()
    {
        _notifications.OnLowerPriorityHeard("VI_1", 100, _notices);

        Assert.Equal(
            ["VRRP_Instance(VI_1) runs /bin/lower as nobody:nogroup", "INSTANCE \"VI_1\" MASTER_RX_LOWER_PRI 100"], Told);
    }

    [Fact]
    public void PriorityChanges_ToldOnlyWhereAskedFor()
    {
        _notifications.OnPriorityChanged("VI_1", 90, _notices);
        Assert.Empty(_notices);

        var asked = new VrrpNotifications(Read(Site.Replace("smtp_alert", "notify_priority_changes", StringComparison.Ordinal)));
        asked.OnPriorityChanged("VI_1", 90, _notices);
        asked.OnInstanceChanged("VI_1", VrrpState.Master, VrrpReason.AdvertTimeout, 90, _notices);
        asked.OnPriorityChanged("VI_1", 95, _notices);

        Assert.Equal("INSTANCE \"VI_1\" BACKUP_PRIORITY 90", Told.First());
        Assert.Equal("INSTANCE \"VI_1\" MASTER_PRIORITY 95", Told.Last());
    }

    [Fact]
    public void Reload_DropsInstances_DeletedOrFaultIsTold()
    {
        _notifications.OnReload(Read(OneInstance("VI_3")), _notices);

        Assert.Equal(
            [
                "VRRP_Instance(VI_1) runs /bin/any INSTANCE VI_1 FAULT 100 as nobody:nogroup",
                "INSTANCE \"VI_1\" FAULT 100",
                "VRRP Instance VI_1 - Entering FAULT state => VRRP Instance is no longer owning VRRP VIPs <=",
                "VRRP_Instance(VI_2) runs /bin/deleted as nobody:nogroup",
                "INSTANCE \"VI_2\" DELETED 100",
            ],
            Told);
    }

    [Fact]
    public void ReloadKeepsAnInstance_StatesAreRepeatedOnlyWhereAskedFor()
    {
        _notifications.OnInstanceChanged("VI_1", VrrpState.Master, VrrpReason.AdvertTimeout, 100, _notices);
        _notices.Clear();

        _notifications.OnReload(Read(Site), _notices);
        Assert.Empty(_notices);

        _notifications.OnReload(
            Read(Site.Replace("script_user nobody nogroup", "fifo_write_vrrp_states_on_reload", StringComparison.Ordinal)), _notices);
        Assert.Equal(["INSTANCE \"VI_1\" MASTER 100"], Told);
    }

    private static string OneInstance(string name) =>
        $"vrrp_instance {name} {{\ninterface eth0\nvirtual_router_id 9\nvirtual_ipaddress {{\n10.0.0.9\n}}\n}}\n";

    private static Configuration Read(string text) => ConfigReader.Read("site", text).Configuration!;
}
