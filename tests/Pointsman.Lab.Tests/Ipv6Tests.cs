using System.Text.Json;
using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Tests;

/// <summary>A virtual server of IPv6 beside one of IPv4: balanced by direct routing, checked, listed, and taken over.</summary>
public sealed class Ipv6Tests(Ipv6Tests.Classic classic) : IClassFixture<Ipv6Tests.Classic>
{
    private const string File = "/etc/keepalived/keepalived.conf";
    private const string Vip = "fd00:1::200";
    private static readonly string[] s_webs = ["web1", "web2"];

    [Fact]
    public void DirectRouting_FromTheConfigurationToTheClient_AndThroughAFailover()
    {
        RunningLab lab = classic.Settled();
        foreach ((string node, int host) in new[] { ("lb1", 128), ("lb2", 129), ("web1", 130), ("web2", 131), ("client", 10) })
        {
            lab.MachineOf(node).RunChecked(["ip", "addr", "add", $"fd00:1::{host}/64", "dev", "eth0", "nodad"]);
        }

        foreach (string web in s_webs)
        {
            lab.MachineOf(web).RunChecked(["ip", "addr", "add", $"{Vip}/128", "dev", "lo", "nodad"]);
            Listen(lab, web);
        }

        Add(lab, "lb1", priority: 100);
        Add(lab, "lb2", priority: 50);

        // A virtual address with a prefix of its link would be a source of this node's own packets, checks among them; a /128 is none.
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "both servers answer over IPv6", () => Answers(8) == "web1 web2");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "both are in the table", () => TableOf(lab, "lb1") == """
            TCP  [fd00:1::200]:80 rr
              -> [fd00:1::130]:80             Route   3
              -> [fd00:1::131]:80             Route   3
            """);
        Assert.Contains("[fd00:1::10]", lab.MachineOf("lb1").RunChecked(["ipvsadm", "-Lnc"]), StringComparison.Ordinal);
        Assert.Equal("-A -t [fd00:1::200]:80 -s rr", lab.MachineOf("lb1").RunChecked(["ipvsadm", "-Sn"]).Split('\n')
            .Single(line => line.StartsWith("-A -t [", StringComparison.Ordinal)));

        WalkTheClientsRoad(lab);

        lab.Services.Stop("web2", Topology.LabService.Nginx);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "the dead one is out", () => !TableOf(lab, "lb1").Contains("131", StringComparison.Ordinal));
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "the living one serves all", () => Answers(8) == "web1");
        Start(lab, "web2");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "it is back", () => Answers(8) == "web1 web2");

        lab.Services.Stop("lb1", Topology.LabService.Director);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "the other director serves", () => Answers(8) == "web1 web2");
        Assert.Contains("[fd00:1::10]", lab.MachineOf("lb2").RunChecked(["ipvsadm", "-Lnc"]), StringComparison.Ordinal);
    }

    // What keeps clients from web1, and nothing else, takes it out, and is named.
    private static void WalkTheClientsRoad(RunningLab lab)
    {
        Machine web = lab.MachineOf("web1");
        AwaitThrough(lab, $"[{Vip}]:80");
        web.RunChecked(["ip", "addr", "del", $"{Vip}/128", "dev", "lo"]);
        AwaitDown(lab, $"[{Vip}]:80", "VIP missing on lo?");
        web.RunChecked(["ip", "addr", "add", $"{Vip}/128", "dev", "lo", "nodad"]);
        AwaitThrough(lab, $"[{Vip}]:80");

        web.RunChecked(["ip", "addr", "add", $"{Vip}/128", "dev", "eth0", "nodad"]);
        AwaitDown(lab, $"[{Vip}]:80", "it answers as a neighbour for it");
        web.RunChecked(["ip", "addr", "del", $"{Vip}/128", "dev", "eth0"]);
        AwaitThrough(lab, $"[{Vip}]:80");

        web.RunChecked(["ip", "-6", "rule", "add", "from", Vip, "blackhole", "pref", "10"]);
        AwaitDown(lab, $"[{Vip}]:80", "or its answers from there find no way back");
        web.RunChecked(["ip", "-6", "rule", "del", "from", Vip, "blackhole", "pref", "10"]);
        AwaitThrough(lab, $"[{Vip}]:80");

        web.RunChecked(["sed", "-i", "s/listen \\[::\\]:80/listen [fd00:1::130]:80/", "/etc/nginx/nginx.conf"]);
        Restart(lab, "web1");
        AwaitDown(lab, $"[{Vip}]:80", "nothing listens on that address there");
        web.RunChecked(["sed", "-i", "s/listen \\[fd00:1::130\\]:80/listen [::]:80/", "/etc/nginx/nginx.conf"]);
        Restart(lab, "web1");
        AwaitThrough(lab, $"[{Vip}]:80");
    }

    private static void AwaitThrough(RunningLab lab, string service) => Poll.UntilOrThrow(
        PointsmanLab.StateLimit, "web1 well by a check through the VIP", () => Web1(lab, service) is var server
            && server.GetProperty("state").GetString() == "up" && server.TryGetProperty("lastCheck", out JsonElement last)
            && last.GetProperty("success").GetBoolean() && last.TryGetProperty("through", out JsonElement through) && through.GetString() == service);

    private static void AwaitDown(RunningLab lab, string service, string cause) => Poll.UntilOrThrow(
        PointsmanLab.StateLimit, $"web1 out: {cause}", () => Web1(lab, service) is var server
            && server.GetProperty("state").GetString() == "down" && server.TryGetProperty("lastCheck", out JsonElement last)
            && last.TryGetProperty("offRoad", out JsonElement off) && off.GetProperty("cause").GetString()!.Contains(cause, StringComparison.Ordinal));

    private static JsonElement Web1(RunningLab lab, string service)
    {
        using var status = JsonDocument.Parse(lab.MachineOf("lb1").RunChecked([lab.Options.ProgramPath, "status", "--json"]));
        return status.RootElement.GetProperty("virtualServers").EnumerateArray()
            .Single(server => server.GetProperty("address").GetString() == service).GetProperty("realServers")[0].Clone();
    }

    /// <summary>Who answers so many requests, each once; a request without an answer is nobody's.</summary>
    private string Answers(int count) => string.Join(
        ' ', Enumerable.Range(0, count).Select(_ => classic.Ask($"[{Vip}]") ?? "nobody").Distinct().Order(StringComparer.Ordinal)).ReplaceLineEndings("");

    /// <summary>The service of IPv6 as ipvsadm lists it, without the counts of connections.</summary>
    private static string TableOf(RunningLab lab, string director)
    {
        string[] lines = lab.MachineOf(director).RunChecked(["ipvsadm", "-Ln"]).Split('\n');
        IEnumerable<string> service = lines.SkipWhile(line => !line.StartsWith("TCP  [", StringComparison.Ordinal))
            .TakeWhile((line, i) => i == 0 || line.StartsWith("  ->", StringComparison.Ordinal))
            .Select(line => line.Length > 48 ? line[..48].TrimEnd() : line.TrimEnd());
        return string.Join('\n', service);
    }

    private static void Add(RunningLab lab, string director, int priority)
    {
        Machine machine = lab.MachineOf(director);
        string file = machine.RunChecked(["cat", File]) + $$"""

            vrrp_instance VI_6 {
                state BACKUP
                interface eth0
                virtual_router_id 52
                version 3
                priority {{priority}}
                advert_int 1
                virtual_ipaddress {
                    fe80::200/64
                    {{Vip}}
                }
            }

            virtual_server {{Vip}} 80 {
                delay_loop 1
                lb_algo rr
                lb_kind DR
                protocol TCP

                real_server fd00:1::130 80 {
                    weight 3
                    TCP_CHECK {
                        connect_timeout 2
                        retry 1
                        delay_before_retry 1
                    }
                }

                real_server fd00:1::131 80 {
                    weight 3
                    TCP_CHECK {
                        connect_timeout 2
                        retry 1
                        delay_before_retry 1
                    }
                }
            }

            """;
        machine.WriteFile(File, file);
        machine.RunChecked([lab.Options.ProgramPath, "reload"]);
    }

    private static void Listen(RunningLab lab, string web)
    {
        lab.MachineOf(web).RunChecked(["sed", "-i", "s/listen 80 .*;/& listen [::]:80 ipv6only=on;/", "/etc/nginx/nginx.conf"]);
        Restart(lab, web);
    }

    private static void Restart(RunningLab lab, string web)
    {
        lab.Services.Stop(web, Topology.LabService.Nginx);
        Start(lab, web);
    }

    private static void Start(RunningLab lab, string web)
    {
        Machine machine = lab.MachineOf(web);
        machine.StartService("nginx", ["/usr/sbin/nginx", "-c", "/etc/nginx/nginx.conf", "-g", "daemon off;"], "/var/log/nginx/start.log");
        Poll.UntilOrThrow(TimeSpan.FromSeconds(30), "nginx listening", () => machine.ListensOn(80));
    }

    public sealed class Classic() : PointsmanLab("classic");
}
