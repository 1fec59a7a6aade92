using System.Globalization;
using Pointsman.Lab.Probing;

namespace Pointsman.Lab.Tests;

/// <summary>What checks set going in a running director: quorum and sorry server, scripts in their order, weights, and their rest.</summary>
public sealed class CheckCourseTests(ServiceLab services) : IClassFixture<ServiceLab>
{
    private const string Sorry = "192.168.1.140";

    [Fact]
    public void Quorum_TakesItsHysteresisBothWays_SorryServerStandsIn()
    {
        RunningLab lab = services.With($$"""
            virtual_server {{ServiceLab.Vip}} 80 {
                delay_loop 1
                lb_algo rr
                lb_kind DR
                protocol TCP
                quorum 2
                hysteresis 1
                quorum_up "/tmp/say quorum up"
                quorum_down "/tmp/say quorum down"
                sorry_server {{Sorry}} 80
                real_server 192.168.1.130 80 {
                    weight 2
                    notify_up "/tmp/say web1 up"
                    notify_down "/tmp/say web1 down"
                    MISC_CHECK {
                        misc_path "</tmp/is-web1"
                    }
                }
                real_server 192.168.1.131 80 {
                    notify_up "/tmp/say web2 up"
                    notify_down "/tmp/say web2 down"
                    MISC_CHECK {
                        misc_path "</tmp/is-web2"
                    }
                }
            }

            """);
        lab.MachineOf("web1").RunChecked(["ip", "addr", "replace", $"{Sorry}/24", "dev", "eth0"]);
        ServiceLab.Set(lab, "web1");
        ServiceLab.Set(lab, "web2");
        services.Begin(lab);
        ServiceLab.WaitForTable(lab, "192.168.1.130 2", "192.168.1.131 1");
        using ProbeSession probe = ProbeSession.Http(lab, ServiceLab.Vip + ":80", "--rate", "50", "--deadline", "900");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "answers of both", () => probe.Recent(TimeSpan.FromSeconds(1)) is var recent
            && recent.Lost == 0 && recent.From("web1") > 5 && recent.From("web2") > 5);
        probe.Report();

        // One is left of the quorum of two: the hysteresis of one holds it.
        ServiceLab.Unset(lab, "web1");
        ServiceLab.WaitForTable(lab, "192.168.1.131 1");
        ServiceLab.WaitUntilTold(lab, "web1 down");
        Assert.Equal(["web1 down"], ServiceLab.Told(lab));

        ServiceLab.Unset(lab, "web2");
        ServiceLab.WaitForTable(lab, $"{Sorry} 1");
        ServiceLab.WaitUntilTold(lab, "web2 down", "quorum down");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "answers of the sorry server", () => probe.Recent(TimeSpan.FromSeconds(1)) is var recent
            && recent.Answered > 20 && recent.From("web2") == 0);

        // Two live again, and the way up wants three: what lives keeps its old connections, and gets no new ones.
        ServiceLab.Set(lab, "web1");
        ServiceLab.WaitUntilTold(lab, "web1 up");
        ServiceLab.WaitForTable(lab, "192.168.1.130 0", $"{Sorry} 1");
        Assert.DoesNotContain("quorum up", ServiceLab.Told(lab));

        ServiceLab.Set(lab, "web2");
        ServiceLab.WaitForTable(lab, "192.168.1.130 2", "192.168.1.131 1");
        ServiceLab.WaitUntilTold(lab, "web2 up", "quorum up");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "answers of both again", () => probe.Recent(TimeSpan.FromSeconds(1)) is var recent
            && recent.From("web1") > 5 && recent.From("web2") > 5);

        // As with IPVS, a request that is under way when its server is taken out of the table finds no answer: three times one was.
        Assert.InRange(probe.Report().Lost, 0, 3);
        Assert.Equal(["web1 down", "web1 up"], ServiceLab.Told(lab).Where(line => line.StartsWith("web1", StringComparison.Ordinal)));
        Assert.Equal(["quorum down", "quorum up"], ServiceLab.Told(lab).Where(line => line.StartsWith("quorum", StringComparison.Ordinal)));
        string[] log = [.. services.LogOf("lb1").Where(line => line.Contains(ServiceLab.Vip, StringComparison.Ordinal))];
        string[] turns =
        [
            "Removing service [192.168.1.131]:tcp:80", "Lost quorum 2-1=1 > 0", $"Adding sorry server [{Sorry}]:tcp:80",
            "Removing alive servers", "Adding service [192.168.1.130]:tcp:80", "Adding service [192.168.1.131]:tcp:80",
            "Gained quorum 2+1=3 <= 3", $"Removing sorry server [{Sorry}]:tcp:80", "Adding alive servers",
        ];
        int[] places = [.. turns.Select(turn => Array.FindLastIndex(log, line => line.Contains(turn, StringComparison.Ordinal)))];
        Assert.True(places[0] >= 0 && places.SequenceEqual(places.Order()), $"{string.Join(' ', places)} in\n{string.Join('\n', log)}");
    }

    [Fact]
    public void WeightsOfAScript_InhibitedServer_StandInTheTable()
    {
        RunningLab lab = services.With($$"""
            virtual_server {{ServiceLab.Vip}} 81 {
                delay_loop 1
                lb_algo wrr
                lb_kind DR
                protocol TCP
                real_server 192.168.1.130 81 {
                    weight 3
                    inhibit_on_failure
                    notify_down "/tmp/say inhibited"
                    MISC_CHECK {
                        misc_path "/tmp/weigh"
                        misc_dynamic
                    }
                }
                real_server 192.168.1.131 81 {
                    weight 4
                }
            }

            """);
        lab.MachineOf("lb1").WriteFile("/tmp/weigh", "#!/bin/sh\nread status < /tmp/is-status; echo \"as it was told\"; exit $status\n");
        lab.MachineOf("lb1").RunChecked(["chmod", "755", "/tmp/weigh"]);
        ServiceLab.Set(lab, "status", "0\n");
        services.Begin(lab);
        ServiceLab.WaitForTable(lab, 81, "192.168.1.130 3", "192.168.1.131 4");

        foreach ((int status, int weight) in (ReadOnlySpan<(int, int)>)[(12, 10), (255, 253), (2, 0), (77, 75)])
        {
            ServiceLab.Set(lab, "status", $"{status}\n");
            ServiceLab.WaitForTable(lab, 81, $"192.168.1.130 {weight}", "192.168.1.131 4");
        }

        Assert.Empty(ServiceLab.Told(lab));
        ServiceLab.Set(lab, "status", "1\n");
        ServiceLab.WaitForTable(lab, 81, "192.168.1.130 0", "192.168.1.131 4");
        ServiceLab.WaitUntilTold(lab, "inhibited");
        ServiceLab.Set(lab, "status", "0\n");
        ServiceLab.WaitForTable(lab, 81, "192.168.1.130 3", "192.168.1.131 4");
    }

    [Fact]
    public void Alpha_IsDownWithoutAWord_Omega_SpeaksAtTheEnd_SlowScriptHoldsUpNoOther()
    {
        RunningLab lab = services.With($$"""
            virtual_server {{ServiceLab.Vip}} 82 {
                delay_loop 1
                lb_algo rr
                lb_kind DR
                protocol TCP
                alpha
                omega
                quorum_up "/tmp/say quorum up"
                quorum_down "/tmp/say quorum down"
                real_server 192.168.1.130 82 {
                    notify_up "/tmp/say web1 up"
                    notify_down "/tmp/say web1 down"
                    MISC_CHECK {
                        misc_path "/tmp/ask"
                    }
                }
                real_server 192.168.1.131 82 {
                    notify_up "/bin/sleep 600"
                    notify_down "/tmp/say web2 down"
                    MISC_CHECK {
                        misc_path "</tmp/is-web2"
                    }
                }
            }

            """);
        lab.MachineOf("lb1").WriteFile("/tmp/ask", "#!/bin/sh\necho asked >> /tmp/is-asked; test -e /tmp/is-web1\n");
        lab.MachineOf("lb1").RunChecked(["chmod", "755", "/tmp/ask"]);
        services.Begin(lab);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "three checks that failed", () =>
            lab.MachineOf("lb1").Run(["cat", "/tmp/is-asked"]).Output.Split('\n').Length > 3);
        Assert.Empty(ServiceLab.Table(lab, 82));
        Assert.Empty(ServiceLab.Told(lab));

        // The first's script sleeps for longer than anybody waits; the other's comes all the same.
        ServiceLab.Set(lab, "web2");
        ServiceLab.WaitForTable(lab, 82, "192.168.1.131 1");
        ServiceLab.Set(lab, "web1");
        ServiceLab.WaitForTable(lab, 82, "192.168.1.130 1", "192.168.1.131 1");
        ServiceLab.WaitUntilTold(lab, "quorum up", "web1 up");
        Assert.Equal(["quorum up", "web1 up"], ServiceLab.Told(lab).Order());

        lab.Services.Stop("lb1", Topology.LabService.Director);
        Assert.Equal(["quorum down", "quorum up", "web1 down", "web1 up"], ServiceLab.Told(lab).Order());
        lab.Services.Start("lb1", Topology.LabService.Director);
    }

    // warmup 0: at once, however long the delay loop is; a long one spreads the first checks, however short the delay loop is.
    [Fact]
    public void Warmup_FirstChecksComeWithinIt_AndAreSpreadOverIt()
    {
        const int ServerCount = 8;
        static string Service(int port, int delayLoop, int warmup) => $$"""
            virtual_server {{ServiceLab.Vip}} {{port}} {
                delay_loop {{delayLoop}}
                lb_algo rr
                lb_kind DR
                protocol TCP
                {{string.Concat(Enumerable.Range(1, ServerCount).Select(i => $"real_server 192.168.1.{140 + i} {port} {{\nMISC_CHECK {{\nmisc_path \"/tmp/first {port}-{i}\"\nwarmup {warmup}\n}}\n}}\n"))}}
            }

            """;
        RunningLab lab = services.With(Service(87, delayLoop: 300, warmup: 0) + Service(88, delayLoop: 1, warmup: 20));
        lab.MachineOf("lb1").WriteFile("/tmp/first", "#!/bin/sh\ntest -e /tmp/is-$1 || date +%s.%N > /tmp/is-$1\n");
        lab.MachineOf("lb1").RunChecked(["chmod", "755", "/tmp/first"]);
        double[] Since(double begun, int port) =>
        [
            .. lab.MachineOf("lb1").Run(["sh", "-c", $"cat /tmp/is-{port}-*"]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(at => double.Parse(at, CultureInfo.InvariantCulture) - begun),
        ];

        double begun = double.Parse(lab.MachineOf("lb1").RunChecked(["date", "+%s.%N"]), CultureInfo.InvariantCulture);
        services.Begin(lab);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "the first check of each", () => Since(begun, 87).Length == ServerCount && Since(begun, 88).Length == ServerCount);

        // A second comes before each first check; a busy host adds some.
        Assert.All(Since(begun, 87), after => Assert.InRange(after, 1, 6));
        double[] spread = Since(begun, 88);
        Assert.All(spread, after => Assert.InRange(after, 1, 26));
        Assert.True(spread.Max() - spread.Min() > 3, string.Join(' ', spread));
    }

    [Fact]
    public void ScriptThatDoesNotEnd_HoldsUpItsServersNextForItsTimeLimit_AndNoLonger()
    {
        RunningLab lab = services.With($$"""
            virtual_server {{ServiceLab.Vip}} 89 {
                delay_loop 1
                lb_algo rr
                lb_kind DR
                protocol TCP
                alpha
                real_server 192.168.1.130 89 {
                    notify_up "/tmp/endless up"
                    notify_down "/tmp/moment down"
                    MISC_CHECK {
                        misc_path "</tmp/is-web1"
                    }
                }
            }

            """);
        Machines.Machine director = lab.MachineOf("lb1");
        director.WriteFile("/tmp/moment", "#!/bin/sh\ndate +%s.%N > /tmp/is-$1\n");
        director.WriteFile("/tmp/endless", "#!/bin/sh\ndate +%s.%N > /tmp/is-$1\nexec sleep 600\n");
        director.RunChecked(["chmod", "755", "/tmp/moment", "/tmp/endless"]);
        double At(string moment) => double.TryParse(director.Run(["cat", $"/tmp/is-{moment}"]).Output, CultureInfo.InvariantCulture, out double at) ? at : 0;
        ServiceLab.Set(lab, "web1");
        services.Begin(lab);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "the endless script runs", () => At("up") > 0);

        ServiceLab.Unset(lab, "web1");
        ServiceLab.WaitForTable(lab, 89);
        Poll.UntilOrThrow(PointsmanLab.StateLimit * 2, "the next script", () => At("down") > 0);

        Assert.InRange(At("down") - At("up"), 29, 45);
        Assert.Contains(services.LogOf("lb1"), line => line.Contains("script still runs after 30 s, the next one does not wait for it", StringComparison.Ordinal));
    }

    [Fact]
    public void HaSuspend_RestsWhileTheAddressIsElsewhere_ItsServerStaysAsItWas()
    {
        static string Service(int port, string setting) => $$"""
            virtual_server {{ServiceLab.Vip}} {{port}} {
                delay_loop 1
                {{setting}}
                lb_algo rr
                lb_kind DR
                protocol TCP
                real_server 192.168.1.130 {{port}} {
                    MISC_CHECK {
                        misc_path "/tmp/count {{port}}"
                    }
                }
            }

            """;
        RunningLab lab = services.With(Service(85, "ha_suspend") + Service(86, ""));
        lab.MachineOf("lb1").WriteFile("/tmp/count", "#!/bin/sh\necho asked >> /tmp/is-asked-$1\n");
        lab.MachineOf("lb1").RunChecked(["chmod", "755", "/tmp/count"]);
        int Asked(int port) => lab.MachineOf("lb1").Run(["cat", $"/tmp/is-asked-{port}"]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
        void WaitForMore(int port)
        {
            int before = Asked(port);
            Poll.UntilOrThrow(PointsmanLab.StateLimit, $"the service at {port} is asked again", () => Asked(port) > before + 2);
        }

        services.Begin(lab);
        WaitForMore(85);
        lab.MachineOf("lb1").RunChecked([lab.Options.ProgramPath, "vrrp", "failover"]);
        lab.View.WaitForMaster("lb2", PointsmanLab.StateLimit);
        WaitForMore(86);
        int resting = Asked(85);
        WaitForMore(86);
        Assert.Equal(resting, Asked(85));
        Assert.Equal(["192.168.1.130 1"], ServiceLab.Table(lab, 85));

        lab.MachineOf("lb1").RunChecked([lab.Options.ProgramPath, "vrrp", "takeover"]);
        lab.View.WaitForMaster("lb1", PointsmanLab.StateLimit);
        WaitForMore(85);
    }
}
