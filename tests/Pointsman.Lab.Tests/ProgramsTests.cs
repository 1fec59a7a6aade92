using System.Globalization;
using System.Text.Json;
using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Tests;

/// <summary>
/// What people run: Nginx over TCP, DNS (nsd) over UDP and iperf3 over both, by each method of forwarding and either family, through
/// one director that has all of these services at once.
/// </summary>
public sealed class ProgramsTests(ProgramsTests.Site site) : IClassFixture<ProgramsTests.Site>
{
    private const string Near = "192.168.1.10";
    private const string Near6 = "fd00:1::10";
    private const string Far = "203.0.113.5";
    private const string Far6 = "2001:db8:c::5";
    private static readonly string[] s_webs = ["web1", "web2"];

    private static readonly Way[] s_ways =
    [
        new("DR", "DR", "Route", 221),
        new("NAT", "NAT", "Masq", 222),
        new("full NAT", "NAT", "Masq", 223),
        new("ipip", "TUN type ipip", "Tunnel", 224),
        new("gre", "TUN type gre", "Tunnel", 225),
        new("gue", "TUN type gue port 6080", "Tunnel", 226),
    ];

    public static TheoryData<string, bool> Cases()
    {
        var cases = new TheoryData<string, bool>();
        foreach (Way way in s_ways)
        {
            cases.Add(way.Name, false);
            cases.Add(way.Name, true);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void NginxNsdAndIperf3_ServeTheirClients(string method, bool isV6)
    {
        RunningLab lab = site.Ready();
        Way way = s_ways.Single(known => known.Name == method);
        string vip = way.Vip(isV6);
        string client = way.Client(isV6);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "both servers in the table", () => 2 == lab.MachineOf("lb1")
            .RunChecked(["ipvsadm", "-Ln", "-u", $"{Bracketed(vip)}:53"]).Split('\n').Count(row => row.Contains($" {way.Listed} ", StringComparison.Ordinal)));
        long before = Received(lab, way, isV6);

        Poll.UntilOrThrow(PointsmanLab.StateLimit, "both web servers", () => Distinct(() => site.Ask(Bracketed(vip), client)) == "web1 web2");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "both name servers", () => Distinct(() => Resolve(lab, vip, client)) == "web1 web2");

        // What is on its way at the end is not counted as received.
        Assert.InRange(Iperf(lab, vip, client, "sum_received", "-n", "16M").GetProperty("bytes").GetInt64(), 4 << 20, long.MaxValue);
        Assert.InRange(Iperf(lab, vip, client, "sum_received", "-n", "16M", "-R").GetProperty("bytes").GetInt64(), 4 << 20, long.MaxValue);
        JsonElement datagrams = Iperf(lab, vip, client, "sum", "-u", "-t", "1", "-b", "10M", "-l", "1200");
        Assert.InRange(datagrams.GetProperty("packets").GetInt64(), 500, 2000);
        Assert.InRange(datagrams.GetProperty("lost_percent").GetDouble(), 0, 1);

        // A tunnel's packets have come out of that tunnel.
        Assert.True(way.Tunnel is null || Received(lab, way, isV6) > before + 1000, $"{before} {Received(lab, way, isV6)}");
    }

    private static JsonElement Iperf(RunningLab lab, string vip, string client, string sum, params string[] words)
    {
        CommandResult run = lab.Client.Run(
            ["iperf3", "-c", vip, "-B", client, "--connect-timeout", "5000", "-J", .. words], limit: TimeSpan.FromSeconds(30));
        using var report = JsonDocument.Parse(run.Output.Length > 0 ? run.Output : "{}");
        JsonElement found = default;
        bool isWhole = run.ExitCode == 0 && report.RootElement.TryGetProperty("end", out JsonElement end) && end.TryGetProperty(sum, out found);
        Assert.True(isWhole, $"iperf3 {string.Join(' ', words)}: {run.Output}{run.Error}");
        return found.Clone();
    }

    private static string? Resolve(RunningLab lab, string vip, string client) => lab.Client
        .Run(["dig", "+short", "+time=1", "+tries=1", "-b", client, $"@{vip}", "who.lab.test", "TXT"]).Output.Trim().Trim('"');

    private static string Distinct(Func<string?> ask) => string.Join(
        ' ', Enumerable.Range(0, 6).Select(_ => ask()?.Trim() ?? "nobody").Distinct().Order(StringComparer.Ordinal));

    private static string Bracketed(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;

    private static long Received(RunningLab lab, Way way, bool isV6) => way.Tunnel is not { } kind ? 0 : long.Parse(
        lab.MachineOf("web1").RunChecked(["cat", $"/sys/class/net/{kind}{(isV6 ? "6" : "")}/statistics/rx_packets"]), CultureInfo.InvariantCulture);

    /// <summary>A method of forwarding, and the addresses of its services.</summary>
    private sealed record Way(string Name, string Kind, string Listed, int Host)
    {
        /// <summary>The device at the server, of IPv4.</summary>
        internal string? Tunnel => Listed == "Tunnel" ? Name : null;

        internal bool IsNat => Listed == "Masq";

        internal string Vip(bool isV6) => isV6 ? $"fd00:1::{Host}" : $"192.168.1.{Host}";

        // By NAT answers must come by the director: the client is of another network.
        internal string Client(bool isV6) => (IsNat, isV6) switch
        {
            (true, true) => Far6,
            (true, false) => Far,
            (false, true) => Near6,
            _ => Near,
        };
    }

    /// <summary>The lab with all of these services.</summary>
    public sealed class Site : IDisposable
    {
        private readonly ServiceLab _services = new();
        private RunningLab? _lab;

        internal string? Ask(string address, string from) => _services.Ask(address, from);

        internal RunningLab Ready()
        {
            foreach (string program in (string[])["/usr/sbin/nsd", "/usr/bin/iperf3", "/usr/bin/dig"])
            {
                Assert.SkipUnless(File.Exists(program), $"{program} is not installed (scripts/install-needs lab)");
            }

            if (_lab is null)
            {
                RunningLab lab = _services.With(string.Concat(s_ways.SelectMany(way => new[] { Services(way, false), Services(way, true) })));
                Address(lab);
                foreach (string web in s_webs)
                {
                    Serve(lab, web);
                }

                _services.Begin(lab);
                _lab = lab;
            }

            return _lab;
        }

        public void Dispose() => _services.Dispose();

        private static void Address(RunningLab lab)
        {
            foreach ((string node, int host) in new[] { ("lb1", 128), ("web1", 130), ("web2", 131), ("client", 10) })
            {
                lab.MachineOf(node).RunChecked(["ip", "addr", "add", $"fd00:1::{host}/64", "dev", "eth0", "nodad"]);
            }

            lab.Client.RunChecked(["ip", "addr", "add", $"{Far}/32", "dev", "lo"]);
            lab.Client.RunChecked(["ip", "addr", "add", $"{Far6}/128", "dev", "lo", "nodad"]);
            Machine director = lab.MachineOf("lb1");
            director.RunChecked(["ip", "route", "add", $"{Far}/32", "via", Near]);
            director.RunChecked(["ip", "-6", "route", "add", $"{Far6}/128", "via", Near6]);
            foreach (string own in s_ways.Select(way => way.Vip(isV6: false)).Append("192.168.1.210"))
            {
                director.RunChecked(["ip", "addr", "add", $"{own}/32", "dev", "eth0"]);
            }

            foreach (string own in s_ways.Select(way => way.Vip(isV6: true)).Append("fd00:1::210"))
            {
                director.RunChecked(["ip", "addr", "add", $"{own}/128", "dev", "eth0", "nodad"]);
            }
        }

        private static void Serve(RunningLab lab, string web)
        {
            Machine machine = lab.MachineOf(web);
            machine.RunChecked(["ip", "route", "add", $"{Far}/32", "via", "192.168.1.128"]);
            machine.RunChecked(["ip", "-6", "route", "add", $"{Far6}/128", "via", "fd00:1::128"]);
            List<string> addresses = [lab.Topology.Node(web).Address, web == "web1" ? "fd00:1::130" : "fd00:1::131"];
            foreach (Way way in s_ways.Where(way => !way.IsNat))
            {
                machine.RunChecked(["ip", "addr", "add", $"{way.Vip(isV6: false)}/32", "dev", "lo"]);
                machine.RunChecked(["ip", "addr", "add", $"{way.Vip(isV6: true)}/128", "dev", "lo", "nodad"]);
                addresses.AddRange([way.Vip(isV6: false), way.Vip(isV6: true)]);
                if (way.Tunnel is { } kind)
                {
                    TunnelRoadTests.End(machine, kind);
                    TunnelRoadTests.End(machine, kind, isV6: true);
                }
            }

            machine.RunChecked(["sed", "-i", "s/listen 80 .*;/& listen [::]:80 ipv6only=on;/", "/etc/nginx/nginx.conf"]);
            machine.RunChecked(["nginx", "-c", "/etc/nginx/nginx.conf", "-s", "reload"]);
            ServeNames(machine, addresses);

            // What came to one address is answered from it, also over UDP.
            foreach (string address in addresses.Where(_ => web == "web1"))
            {
                machine.StartService($"iperf-{address}", ["iperf3", "-s", "-B", address], "/var/log/iperf");
            }

            Poll.UntilOrThrow(PointsmanLab.StateLimit, "iperf3 listens", () => web != "web1" || machine.ListensOn(5201));
        }

        private static void ServeNames(Machine machine, List<string> addresses)
        {
            machine.WriteFile("/etc/lab-nsd.conf", $"""
                server:
                {string.Join('\n', addresses.Select(address => $"    ip-address: {address}@53"))}
                    zonesdir: "/etc"
                    database: ""
                    pidfile: "/run/lab-nsd.pid"
                    logfile: "/var/log/nsd"
                    xfrdfile: ""
                    zonelistfile: "/run/lab-nsd.zones"
                    username: ""
                    server-count: 1
                remote-control:
                    control-enable: no
                zone:
                    name: "lab.test"
                    zonefile: "lab.test.zone"

                """);
            machine.WriteFile("/etc/lab.test.zone", $"""
                $ORIGIN lab.test.
                $TTL 60
                @ IN SOA ns hostmaster 1 3600 600 86400 60
                @ IN NS ns
                ns IN A 192.168.1.130
                who IN TXT "{machine.Name}"

                """);
            machine.StartService("nsd", ["/usr/sbin/nsd", "-d", "-c", "/etc/lab-nsd.conf"], "/var/log/nsd-start");
        }

        private static string Services(Way way, bool isV6) =>
            Service(way, isV6, 80, "TCP", 130, 131) + Service(way, isV6, 53, "UDP", 130, 131)
            + Service(way, isV6, 5201, "TCP", 130) + Service(way, isV6, 5201, "UDP", 130);

        private static string Service(Way way, bool isV6, int port, string protocol, params int[] servers) => $$"""

            virtual_server {{way.Vip(isV6)}} {{port}} {
                delay_loop 2
                lb_algo rr
                lb_kind {{way.Kind}}
                protocol {{protocol}}
            {{(way.Name == "full NAT" ? $"    #pointsman: full_nat {(isV6 ? "fd00:1::210" : "192.168.1.210")}" : "")}}
            {{string.Concat(servers.Select(host => $"    real_server {(isV6 ? "fd00:1::" : "192.168.1.")}{host} {port} {{\n    }}\n"))}}
            }

            """;
    }
}
