using System.Globalization;
using System.Text.RegularExpressions;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Judgement;
using Pointsman.Config.Model;
using Pointsman.Health;
using Pointsman.Vrrp;

namespace Pointsman.Engine.Tests;

/// <summary>What <c>check</c> says will happen is what the machines do. Config knows neither of them, so it is held to them here.</summary>
public sealed partial class JudgementTests
{
    [Theory]
    [InlineData(6, 3, 3, 3)]
    [InlineData(6, 10, 3, 3)]
    [InlineData(1, 2, 0, 5)]
    [InlineData(60, 5, 1, 1)]
    public void DeadServer_TimedByTheMachine_LeavesWhenTheNoteSays(int delayLoop, int timeout, int retry, int pause)
    {
        ConfigResult file = Service(delayLoop, timeout, retry, pause);
        Diagnostic note = Only(Judge.Node(file), "PM1501");
        VirtualServerConfig server = file.Configuration!.VirtualServers[0];
        CheckerConfig check = server.RealServers[0].Checks[0];
        var settings = new CheckSettings(check.ConnectTimeout, check.Retry, check.DelayBeforeRetry, server.DelayLoop, TimeSpan.Zero);
        Assert.Equal(Numbers(note.Message)[^1], TimeToFall(settings, check.ConnectTimeout, new ProbeOutcome.TimedOut()));
        Assert.Equal(Numbers(note.Hint!)[0], TimeToFall(settings, TimeSpan.Zero, new ProbeOutcome.Refused()));
    }

    [Theory]
    [InlineData(5, 150)]
    [InlineData(2, 1)]
    [InlineData(3, 254)]
    public void DeadMaster_TimedByTheMachine_IsReplacedWhenTheNoteSays(int interval, int priority)
    {
        ConfigResult file = Instance("BACKUP", priority, weight: 0, interval);
        VrrpInstance instance = Router(file).Instances[0];
        double said = Numbers(Only(Judge.Node(file), "PM1508").Message)[^1];
        Assert.Equal(Math.Round(instance.MasterDownTime.TotalSeconds, 2), said);
    }

    [Theory]
    [InlineData(100, 50, -20)]
    [InlineData(101, 100, 1)]
    [InlineData(250, 240, 9)]
    [InlineData(30, 1, -29)]
    public void FailedScript_CountedByTheMachine_WeakensTheMasterAsTheWarningSays(int master, int standby, int weight)
    {
        ConfigResult first = Instance("MASTER", master, weight);
        ConfigResult second = Instance("BACKUP", standby, weight);
        double[] said = Numbers(Only(Judge.Cluster(first, second), "PM1609").Label!);
        Assert.Equal([Priority(first, isUp: true), Priority(first, isUp: false), Priority(second, isUp: true)], said);
        Assert.True(Priority(first, isUp: false) >= Priority(second, isUp: true));
    }

    [Theory]
    [InlineData(100, 50, -51)]
    [InlineData(101, 100, 2)]
    [InlineData(250, 240, -11)]
    public void FailedScript_ThatBringsAFailover_IsNoWarning(int master, int standby, int weight)
    {
        ConfigResult first = Instance("MASTER", master, weight);
        ConfigResult second = Instance("BACKUP", standby, weight);
        Assert.DoesNotContain(Judge.Cluster(first, second).Diagnostics, diagnostic => diagnostic.Descriptor.Code == "PM1609");
        Assert.True(Priority(first, isUp: false) < Priority(second, isUp: true));
    }

    /// <summary>From the last success to the fall, when every probe after it ends in <paramref name="outcome"/>.</summary>
    private static double TimeToFall(CheckSettings settings, TimeSpan probe, ProbeOutcome outcome)
    {
        var machine = new CheckMachine(new CheckMethod.Tcp(), settings);
        var actions = new List<CheckAction>();
        machine.Start(Instant.Zero, new Prng(1));
        Instant lastSuccess = Run(machine, TimeSpan.Zero, new ProbeOutcome.Success(TimeSpan.Zero), actions);
        Instant now = lastSuccess;
        while (machine.IsUp)
        {
            now = Run(machine, probe, outcome, actions);
        }

        return (now - lastSuccess).TotalSeconds;
    }

    private static Instant Run(CheckMachine machine, TimeSpan probe, ProbeOutcome outcome, List<CheckAction> actions)
    {
        actions.Clear();
        Instant start = machine.Deadline!.Value;
        machine.OnDeadline(start, actions);
        machine.OnOutcome(start + probe, Assert.IsType<CheckAction.StartProbe>(Assert.Single(actions)).Attempt, outcome, actions);
        return start + probe;
    }

    private static byte Priority(ConfigResult file, bool isUp)
    {
        VrrpRouter router = Router(file);
        router.OnTrackResult(Instant.Zero, "chk", isUp, []);
        return router.Instances[0].EffectivePriority;
    }

    private static VrrpRouter Router(ConfigResult file)
    {
        var router = new VrrpRouter(RouterTranslation.Translate(file.Configuration!));
        router.Start(Instant.Zero, [false], []);
        return router;
    }

    private static Diagnostic Only(ConfigResult judged, string code) =>
        Assert.Single(judged.Diagnostics, diagnostic => diagnostic.Descriptor.Code == code);

    // What stands in code quotes are names and addresses.
    private static double[] Numbers(string text) =>
    [
        .. Number().Matches(Quoted().Replace(text, "")).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture)),
    ];

    [GeneratedRegex("[0-9]+(\\.[0-9]+)?")]
    private static partial Regex Number();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Quoted();

    private static ConfigResult Service(int delayLoop, int timeout, int retry, int pause) => ConfigReader.Read("f", $$"""
        virtual_server 10.0.0.1 80 {
            delay_loop {{delayLoop}}
            lb_algo rr
            lb_kind DR
            protocol TCP
            real_server 10.0.0.2 80 {
                TCP_CHECK {
                    connect_timeout {{timeout}}
                    retry {{retry}}
                    delay_before_retry {{pause}}
                }
            }
        }
        """);

    private static ConfigResult Instance(string state, int priority, int weight, int interval = 1) => ConfigReader.Read(state, $$"""
        vrrp_script chk {
            script /bin/true
            user nobody
            weight {{weight}}
        }
        vrrp_instance VI_1 {
            state {{state}}
            interface eth0
            virtual_router_id 51
            priority {{priority}}
            advert_int {{interval}}
            track_script {
                chk
            }
            virtual_ipaddress {
                10.0.0.1
            }
        }
        """);
}
