using Pointsman.Lab.Machines;
using Pointsman.Lab.Probing;

namespace Pointsman.Lab.Tests;

/// <summary>
/// Services by NAT, full NAT and over IPv6, with flows of numbered datagrams and held connections on each. No instance moves their
/// addresses: lb1 has them.
/// </summary>
internal sealed class HitlessWays : IDisposable
{
    private const int FlowCount = 8;
    private const int EnoughDatagrams = 600;
    private const string Near = "192.168.1.10";
    private const string Near6 = "fd00:1::10";
    private static readonly TimeSpan s_onTheWay = TimeSpan.FromSeconds(5);
    private static readonly string[] s_webs = ["web1", "web2"];

    private static readonly Way[] s_ways =
    [
        new("NAT", "192.168.1.205", "NAT", null),
        new("full NAT", "192.168.1.206", "NAT", "192.168.1.210"),
        new("DR over IPv6", "fd00:1::205", "DR", null),
        new("NAT over IPv6", "fd00:1::206", "NAT", null),
        new("full NAT over IPv6", "fd00:1::207", "NAT", "fd00:1::210"),
    ];

    private readonly RunningLab _lab;
    private readonly List<(string Name, ProbeSession Datagrams, ProbeSession Held)> _courses = [];

    private HitlessWays(RunningLab lab) => _lab = lab;

    /// <summary>What their machines need, once.</summary>
    internal static void Prepare(RunningLab lab)
    {
        foreach ((string node, int host) in new[] { ("lb1", 128), ("web1", 130), ("web2", 131), ("client", 10) })
        {
            lab.MachineOf(node).RunChecked(["ip", "addr", "replace", $"fd00:1::{host}/64", "dev", "eth0", "nodad"]);
        }

        foreach (string own in s_ways.Select(way => way.Vip).Concat(s_ways.Select(way => way.Local).OfType<string>()))
        {
            string[] own6 = own.Contains(':', StringComparison.Ordinal) ? [$"{own}/128", "dev", "eth0", "nodad"] : [$"{own}/32", "dev", "eth0"];
            lab.MachineOf("lb1").RunChecked(["ip", "addr", "replace", .. own6]);
        }

        foreach (string web in s_webs)
        {
            Machine machine = lab.MachineOf(web);
            string address = lab.Topology.Node(web).Address, address6 = web == "web1" ? "fd00:1::130" : "fd00:1::131";
            machine.RunChecked(["ip", "addr", "replace", "fd00:1::205/128", "dev", "lo", "nodad"]);

            // By NAT a client of this very network hears from the server itself, but for this; what the virtual address sends goes to it.
            machine.RunChecked(["ip", "route", "replace", $"{Near}/32", "via", "192.168.1.128", "table", "100"]);
            machine.RunChecked(["ip", "rule", "add", "from", address, "to", Near, "lookup", "100", "pref", "100"]);
            machine.RunChecked(["ip", "-6", "route", "replace", $"{Near6}/128", "via", "fd00:1::128", "table", "100"]);
            machine.RunChecked(["ip", "-6", "rule", "add", "from", address6, "to", Near6, "lookup", "100", "pref", "100"]);
            machine.RunChecked(["sed", "-i", "s/listen 80 .*;/& listen [::]:80 ipv6only=on;/", "/etc/nginx/nginx.conf"]);
            machine.RunChecked(["nginx", "-c", "/etc/nginx/nginx.conf", "-s", "reload"]);
            foreach (string at in (string[])[address, $"[{address6}]", "[fd00:1::205]"])
            {
                machine.StartService($"echo-{at}", [lab.Options.ProgramPath, "lab-probe", "echo", $"{at}:7"], "/var/log/echo");
            }
        }
    }

    internal static string Services(int weight) =>
        string.Concat(s_ways.SelectMany(way => new[] { Service(way, 7, "UDP", weight), Service(way, 80, "TCP", weight) }));

    internal static HitlessWays Begin(RunningLab lab)
    {
        var ways = new HitlessWays(lab);
        foreach (Way way in s_ways)
        {
            string at = way.Vip.Contains(':', StringComparison.Ordinal) ? $"[{way.Vip}]" : way.Vip;
            Poll.UntilOrThrow(PointsmanLab.StateLimit, $"both web servers by {way.Name}", () => Enumerable.Range(0, 4)
                .Select(_ => lab.Client.Run(["curl", "-s", "-m", "2", $"http://{at}/"]).Output.Trim()).Order(StringComparer.Ordinal)
                .SequenceEqual(["server=web1", "server=web1", "server=web2", "server=web2"]));
            ProbeSession datagrams = ProbeSession.Datagrams(lab, $"{at}:7", "--count", $"{FlowCount}", "--rate", "200");
            ProbeSession held = ProbeSession.Hold(lab, $"{at}:80", "--count", "4", "--period", "50");
            ways._courses.Add((way.Name, datagrams, held));
        }

        foreach ((string name, ProbeSession datagrams, ProbeSession held) in ways._courses)
        {
            Poll.UntilOrThrow(PointsmanLab.StateLimit, $"echoes by {name}", () => datagrams.ReportDatagrams().PerServer.Values.Sum() == FlowCount);
            Poll.UntilOrThrow(PointsmanLab.StateLimit, $"answers by {name}", () => held.ReportHeld().All(connection => connection.Answers > 3));
            datagrams.Forget();
        }

        return ways;
    }

    internal void ExpectNothingLost(string after)
    {
        (ProbeSession last, long sent) = (_courses[^1].Datagrams, _courses[^1].Datagrams.ReportDatagrams().Sent);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "more datagrams", () => last.ReportDatagrams().Sent > sent + EnoughDatagrams);
        _courses.ForEach(course => course.Datagrams.Pause());
        foreach ((string name, ProbeSession datagrams, _) in _courses)
        {
            Poll.Until(s_onTheWay, () => datagrams.ReportDatagrams().Missing == 0);
            DatagramReport report = datagrams.ReportDatagrams();
            Assert.True(
                report is { Missing: 0, Doubled: 0, Refused: 0, Moved: 0 },
                $"{after}, {name}: {report}: {string.Join(' ', report.First)}\n{_lab.MachineOf("lb1").Run([_lab.Options.ProgramPath, "status"]).Output}");
            datagrams.Forget();
            datagrams.Go();
        }
    }

    internal void ExpectConnectionsHeld()
    {
        foreach ((string name, _, ProbeSession held) in _courses)
        {
            Assert.All(held.ReportHeld(), connection => Assert.Equal((name, 0), (name, connection.Breaks)));
        }
    }

    public void Dispose()
    {
        foreach ((_, ProbeSession datagrams, ProbeSession held) in _courses)
        {
            datagrams.Dispose();
            held.Dispose();
        }
    }

    private static string Service(Way way, int port, string protocol, int weight) => $$"""

        virtual_server {{way.Vip}} {{port}} {
            delay_loop 2
            lb_algo rr
            lb_kind {{way.Kind}}
            protocol {{protocol}}
        {{(way.Local is null ? "" : $"    #pointsman: full_nat {way.Local}")}}
        {{string.Concat(new[] { 130, 131 }.Select(host => $"    real_server {way.Network}{host} {port} {{\n        weight {weight}\n    }}\n"))}}
        }

        """;

    private sealed record Way(string Name, string Vip, string Kind, string? Local)
    {
        internal string Network => Vip.Contains(':', StringComparison.Ordinal) ? "fd00:1::" : "192.168.1.";
    }
}
