using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Engine.Notifications;
using Pointsman.Health;

namespace Pointsman.Engine.Tests;

/// <summary>Mail about servers: about which, and in which words.</summary>
public sealed class ServiceMailTests
{
    private const string Post = "notification_email {\nops@example.org\n}\nsmtp_server 10.0.0.25\n";

    private readonly List<DirectorAction> _actions = [];
    private DirectorEngine _engine = null!;
    private Instant _now = Instant.Zero;

    [Fact]
    public void NothingSaid_RealServersAreToldOf_QuorumsAreNot()
    {
        Start(Post);

        Assert.Equal(
            ["Realserver [10.0.0.2]:tcp:80 of virtual server [10.0.0.1]:tcp:80 - DOWN: => TCP CHECK failed on service <= "
                + "TCP_CHECK on service [10.0.0.2]:tcp:80 failed. (connection refused)"],
            Answer(80, new ProbeOutcome.Refused()));
        Assert.Equal(
            [
                "Realserver [10.0.0.2]:tcp:80 of virtual server [10.0.0.1]:tcp:80 - UP: => TCP CHECK succeed on service <= "
                    + "TCP connection to [10.0.0.2]:tcp:80 success.",
            ],
            Answer(80, new ProbeOutcome.Success(TimeSpan.Zero)));
    }

    [Fact]
    public void QuorumAskedFor_IsToldOfAfterItsServer()
    {
        Start(Post + "smtp_alert_checker");

        Assert.Equal(
            ["Virtualserver [10.0.0.1]:tcp:80 - DOWN: => Lost quorum 1-0=1 > 0 <="], Answer(80, new ProbeOutcome.Refused())[1..]);
    }

    [Theory]
    [InlineData(Post, "smtp_alert off", "", 0)]
    [InlineData(Post, "", "smtp_alert off", 0)]
    [InlineData(Post + "smtp_alert off", "", "", 0)]
    [InlineData(Post + "smtp_alert_checker off\nsmtp_alert on", "", "", 0)]
    [InlineData(Post + "smtp_alert_checker off", "", "smtp_alert on", 1)]
    [InlineData(Post, "smtp_alert on", "smtp_alert off", 1)]
    [InlineData(Post, "smtp_alert on", "", 2)]
    [InlineData("smtp_server 10.0.0.25\nsmtp_alert on", "", "", 0)]
    [InlineData("notification_email {\nops@example.org\n}\nsmtp_alert on", "", "", 0)]
    public void ServerFalls_NearestSettingCounts(string global, string virtualServer, string realServer, int count)
    {
        Start(global, virtualServer, realServer);

        Assert.Equal(count, Answer(80, new ProbeOutcome.Refused()).Length);
    }

    [Theory]
    [InlineData("", "Realserver [10.0.0.2]:tcp:80 of virtual server [10.0.0.1]:tcp:80 - DOWN: => UDP CHECK failed on service <= ")]
    [InlineData("no_checker_emails\n", null)]
    public void SecondCheckFails_ServerStaysDown_ToldUnlessItsChecksAreNot(string setting, string? told)
    {
        Start(Post + setting);
        Answer(80, new ProbeOutcome.Refused());

        string[] mails = Answer(81, new ProbeOutcome.Refused());

        Assert.Equal(told is null ? 0 : 1, mails.Length);
        Assert.All(mails, mail => Assert.StartsWith(told!, mail, StringComparison.Ordinal));
    }

    [Fact]
    public void Pipes_GetKeepalivedsLines()
    {
        Start("");
        Answer(80, new ProbeOutcome.Refused());

        Assert.Equal(["RS [10.0.0.2]:tcp:80 [10.0.0.1]:tcp:80 DOWN\n connection refused", "VS [10.0.0.1]:tcp:80 DOWN\n Lost quorum 1-0=1 > 0"], Lines());
        Answer(80, new ProbeOutcome.Success(TimeSpan.Zero));
        Assert.Equal("VS [10.0.0.1]:tcp:80 UP\n Gained quorum 1+0=1 <= 1", Lines()[^1]);
    }

    [Fact]
    public void Omega_TellsOfTheEnd()
    {
        Start(Post, "omega\nsmtp_alert");
        _engine.OnStop(_actions);

        Assert.Equal(
            [
                "Realserver [10.0.0.2]:tcp:80 of virtual server [10.0.0.1]:tcp:80 - DOWN: => Shutting down <=",
                "Virtualserver [10.0.0.1]:tcp:80 - DOWN: => Shutting down <=",
            ],
            Mails());
    }

    private void Start(string global, string virtualServer = "", string realServer = "")
    {
        string text = $$"""
            global_defs {
            {{global}}
            }
            virtual_server 10.0.0.1 80 {
            lb_algo rr
            lb_kind DR
            protocol TCP
            {{virtualServer}}
            real_server 10.0.0.2 80 {
            {{realServer}}
            TCP_CHECK {
            retry 0
            }
            UDP_CHECK {
            connect_port 81
            retry 0
            }
            }
            }

            """;
        Configuration configuration = ConfigReader.Read("f", text).Configuration!;
        _engine = new DirectorEngine(configuration, (_, _) => false);
        _engine.Start(_now, new Prng(1), _actions);
        _actions.Clear();
    }

    // Lets the next probe of a check come, and answers it so.
    private string[] Answer(ushort port, ProbeOutcome outcome)
    {
        while (true)
        {
            _actions.Clear();
            _now = _engine.Deadline!.Value;
            _engine.OnDeadline(_now, _actions);
            if (_actions.OfType<DirectorAction.StartProbe>().FirstOrDefault(start => start.Probe.Request.Target.Port == port) is { } due)
            {
                _actions.Clear();
                _engine.OnProbeOutcome(_now, due.Probe.Id, outcome, _actions);
                return Mails();
            }
        }
    }

    private string[] Lines() =>
    [
        .. _actions.OfType<DirectorAction.Tell>().Select(tell => tell.Notice).OfType<Notice.Happened>()
            .Select(happened => $"{happened.Line} {happened.Reason}"),
    ];

    private string[] Mails() =>
    [
        .. _actions.OfType<DirectorAction.Tell>().Select(tell => tell.Notice).OfType<Notice.SendMail>()
            .Select(mail => $"{mail.Subject}: {mail.Body.ReplaceLineEndings(" ")}"),
    ];
}
