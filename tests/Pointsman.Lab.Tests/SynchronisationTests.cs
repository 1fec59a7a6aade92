using System.Globalization;
using Pointsman.Lab.Machines;
using Pointsman.Lab.Probing;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Tests;

/// <summary>
/// Connections that are held open over the death of the master, its return, and its return with nothing in its tables: by direct
/// routing and by NAT. With `lvs_sync_daemon` none breaks; without, they do.
/// </summary>
public sealed class SynchronisationTests : IDisposable
{
    private const string ConfigFile = "/etc/keepalived/keepalived.conf";
    private const string Vip = "192.168.1.200";
    private const string Gateway = "192.168.1.254";
    private const int Held = 6;

    private static readonly string[] s_directors = ["lb1", "lb2"];
    private static readonly string[] s_webs = ["web1", "web2"];

    private readonly Classic _classic = new();

    public void Dispose() => _classic.Dispose();

    [Fact]
    public void MasterDies_Returns_AndBeginsAnew_HeldConnectionsGoOn()
    {
        RunningLab lab = Begin("lvs_sync_daemon eth0 VI_1");
        Assert.Equal("master sync daemon (mcast=eth0, syncid=51, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)", Daemons(lab, "lb1"));
        Assert.Equal("backup sync daemon (mcast=eth0, syncid=51, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)", Daemons(lab, "lb2"));
        using ProbeSession direct = ProbeSession.Hold(lab, $"{Vip}:80", "--count", $"{Held}");
        using ProbeSession translated = ProbeSession.Hold(lab, $"{Vip}:8080", "--count", $"{Held}");
        AwaitAnswers(direct, translated);
        AwaitKnown(lab, "lb2");
        Assert.Equal(Active(lab, "lb1"), Active(lab, "lb2"));

        // A crash of all of it. What the kernel has pinned stays, as if the program alone had died.
        lab.Services.Kill("lb1", LabService.Director);
        AwaitMaster(lab, "lb2");
        AwaitAnswers(direct, translated);

        lab.Services.Start("lb1", LabService.Director);
        AwaitMaster(lab, "lb1");
        AwaitAnswers(direct, translated);

        // In order: nothing of it is left on lb1, as after a boot.
        lab.Services.Stop("lb1", LabService.Director);
        AwaitMaster(lab, "lb2");
        AwaitAnswers(direct, translated);
        lab.Services.Start("lb1", LabService.Director);
        AwaitMaster(lab, "lb1");
        AwaitAnswers(direct, translated);

        Assert.All(direct.ReportHeld().Concat(translated.ReportHeld()), held => Assert.Equal((0, null), (held.Breaks, held.EndedBy)));
        Assert.Equal(2 * Held, Known(lab, "lb1"));
        string status = lab.MachineOf("lb1").RunChecked([lab.Options.ProgramPath, "status"]);
        Assert.Contains("synchronisation master (VRRP instance VI_1)", status, StringComparison.Ordinal);
        Assert.Contains("messages", status, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutSynchronisation_TheSameBreaksThem()
    {
        RunningLab lab = Begin("");
        Assert.Equal("", Daemons(lab, "lb1"));
        using ProbeSession direct = ProbeSession.Hold(lab, $"{Vip}:80", "--count", $"{Held}");
        AwaitAnswers(direct);
        Assert.Equal(0, Known(lab, "lb2"));

        lab.Services.Kill("lb1", LabService.Director);
        AwaitMaster(lab, "lb2");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "connections that broke", () => direct.ReportHeld().All(held => held.Breaks > 0));
    }

    [Fact]
    public void ByHand_StartsAndStops_AndAReloadTakesWhatTheFileSays()
    {
        RunningLab lab = Begin("");
        Machine director = lab.MachineOf("lb1");
        director.RunChecked(["ipvsadm", "--start-daemon", "master", "--mcast-interface", "eth0", "--syncid", "7", "--sync-maxlen", "1000", "--mcast-group", "ff02::51", "--mcast-port", "8850", "--mcast-ttl", "3"]);
        director.RunChecked(["ipvsadm", "--start-daemon", "backup", "--mcast-interface", "eth0"]);
        Assert.Equal(
            "master sync daemon (mcast=eth0, syncid=7, maxlen=1000, group=ff02::51, port=8850, ttl=3)\n"
            + "backup sync daemon (mcast=eth0, syncid=0, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)",
            Daemons(lab, "lb1"));
        Assert.Equal((255, "Daemon has already run"), Run("--start-daemon", "master"));
        Assert.Equal(255, Run("--start-daemon", "backup", "--mcast-interface", "nosuch").ExitCode);
        director.RunChecked(["ipvsadm", "--stop-daemon", "master"]);
        director.RunChecked(["ipvsadm", "--stop-daemon", "backup"]);
        Assert.Equal((255, "No daemon is running"), Run("--stop-daemon", "backup"));
        Assert.Contains("no interface nosuch", Run("--start-daemon", "backup", "--mcast-interface", "nosuch").Error, StringComparison.Ordinal);

        string file = director.RunChecked(["cat", ConfigFile]);
        ServiceLab.Apply(lab, file.Replace("global_defs {", "global_defs {\n    lvs_sync_daemon eth0 id 4", StringComparison.Ordinal) + "\n");
        Assert.Equal(
            "master sync daemon (mcast=eth0, syncid=4, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)\n"
            + "backup sync daemon (mcast=eth0, syncid=4, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)",
            Daemons(lab, "lb1"));
        ServiceLab.Apply(lab, file + "\n");
        Assert.Equal("", Daemons(lab, "lb1"));

        lab.Services.Stop("lb1", LabService.Director);
        Assert.Contains("none is running: start `pointsman run`", Run("--start-daemon", "master").Error, StringComparison.Ordinal);

        (int ExitCode, string Error) Run(params string[] words)
        {
            CommandResult result = director.Run(["ipvsadm", .. words]);
            return (result.ExitCode, result.Error);
        }
    }

    /// <summary>The classic lab, with a service by NAT as well; answers of the servers go by an address that moves with the virtual one.</summary>
    private RunningLab Begin(string globals)
    {
        RunningLab lab = _classic.Settled();
        string servers = string.Join('\n', ((string[])["130", "131"]).Select(host => $$"""
                real_server 192.168.1.{{host}} 80 {
                    TCP_CHECK {
                        connect_timeout 2
                    }
                }
            """));
        foreach (string director in s_directors)
        {
            Machine machine = lab.MachineOf(director);
            string text = machine.RunChecked(["cat", ConfigFile])
                .Replace("global_defs {", $"global_defs {{\n    {globals}", StringComparison.Ordinal)
                .Replace($"        {Vip}\n", $"        {Vip}\n        {Gateway}\n", StringComparison.Ordinal);
            machine.WriteFile(ConfigFile, text + $$"""

                virtual_server {{Vip}} 8080 {
                    delay_loop 1
                    lb_algo rr
                    lb_kind NAT
                    protocol TCP
                {{servers}}
                }

                """);
            machine.RunChecked([lab.Options.ProgramPath, "reload"]);
        }

        foreach (string web in s_webs)
        {
            Machine machine = lab.MachineOf(web);
            machine.RunChecked(["ip", "rule", "add", "from", lab.Topology.Node(web).Address.ToString(), "ipproto", "tcp", "sport", "80", "lookup", "88"]);
            machine.RunChecked(["ip", "route", "add", "192.168.1.10/32", "via", Gateway, "dev", "eth0", "table", "88"]);
        }

        foreach (string director in s_directors)
        {
            Poll.UntilOrThrow(PointsmanLab.StateLimit, $"four servers in the table of {director}", () => Rows(lab, director).Length == 4);
        }

        AwaitMaster(lab, "lb1");
        return lab;
    }

    // A killed director still has the address on its interface: who is master, the other one says.
    private static void AwaitMaster(RunningLab lab, string director) => Poll.UntilOrThrow(
        PointsmanLab.StateLimit, $"{director} master", () => lab.MachineOf(director).Run([lab.Options.ProgramPath, "status"]).Output.Contains("VI_1  MASTER", StringComparison.Ordinal));

    private static void AwaitAnswers(params ProbeSession[] probes)
    {
        foreach (ProbeSession probe in probes)
        {
            int[] before = [.. probe.ReportHeld().Select(held => held.Answers)];
            Poll.UntilOrThrow(
                PointsmanLab.StateLimit, "answers on every held connection",
                () => probe.ReportHeld() is { Count: Held } now && (before.Length != Held || now.Zip(before).All(pair => pair.First.Answers > pair.Second + 3)));
        }
    }

    private static void AwaitKnown(RunningLab lab, string director) =>
        Poll.UntilOrThrow(PointsmanLab.StateLimit, $"all connections known to {director}", () => Known(lab, director) == 2 * Held);

    private static int Known(RunningLab lab, string director) =>
        lab.MachineOf(director).RunChecked(["ipvsadm", "-Lnc"]).Split('\n').Count(line => line.Contains("ESTABLISHED", StringComparison.Ordinal));

    /// <summary>Of each server, its active connections.</summary>
    private static int[] Active(RunningLab lab, string director) =>
        [.. Rows(lab, director).Select(row => int.Parse(row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], CultureInfo.InvariantCulture))];

    private static string[] Rows(RunningLab lab, string director) =>
        [.. lab.MachineOf(director).RunChecked(["ipvsadm", "-Ln"]).Split('\n').Where(row => row.Contains("-> 192.", StringComparison.Ordinal))];

    private static string Daemons(RunningLab lab, string director) => lab.MachineOf(director).RunChecked(["ipvsadm", "-L", "--daemon"]).Trim();

    private sealed class Classic() : PointsmanLab("classic");
}
