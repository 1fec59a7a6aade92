using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Tests;

/// <summary>A service of all ports beside one of a single port: from the file and by hand, checked on the client's road.</summary>
public sealed class AllPortsTests(ServiceLab lab) : IClassFixture<ServiceLab>
{
    private static readonly int[] s_ports = [8081, 8443];

    [Fact]
    public void AnyPort_FindsTheClientsServer_TheServiceOfThePortItsOwn()
    {
        RunningLab running = lab.With($$"""

            virtual_server {{ServiceLab.Vip}} 0 {
                delay_loop 1
                lb_algo rr
                lb_kind DR
                protocol TCP
                persistence_timeout 50
                real_server 192.168.1.130 {
                    TCP_CHECK {
                        connect_port 80
                        connect_timeout 2
                    }
                }
                real_server 192.168.1.131 {
                    TCP_CHECK {
                        connect_port 80
                        connect_timeout 2
                    }
                }
            }

            virtual_server {{ServiceLab.Vip}} 8443 {
                delay_loop 1
                lb_algo rr
                lb_kind DR
                protocol TCP
                real_server 192.168.1.131 8443 {
                    TCP_CHECK {
                        connect_timeout 2
                    }
                }
            }

            """);
        foreach (string web in (string[])["web1", "web2"])
        {
            Machine server = running.MachineOf(web);
            foreach (int port in s_ports)
            {
                server.StartService($"port{port}", ["socat", $"TCP-LISTEN:{port},fork,reuseaddr", $"SYSTEM:echo {web}"], $"/var/log/port{port}");
                Poll.UntilOrThrow(PointsmanLab.StateLimit, $"{web} on {port}", () => server.ListensOn(port));
            }

            server.StartService("datagrams", ["socat", $"UDP4-RECVFROM:5353,bind={ServiceLab.Vip},fork", $"SYSTEM:echo {web}"], "/var/log/datagrams");
        }

        lab.Begin(running);
        Machine director = running.MachineOf("lb1");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "both servers in the table", () =>
            director.RunChecked(["ipvsadm", "-Ln", "-t", $"{ServiceLab.Vip}:0"]) is var table
                && table.Contains($"TCP  {ServiceLab.Vip}:0 rr persistent 50", StringComparison.Ordinal)
                && table.Contains("192.168.1.130:0 ", StringComparison.Ordinal) && table.Contains("192.168.1.131:0 ", StringComparison.Ordinal));

        string first = Ask(running, 8081)!;
        Assert.Contains(first, (string[])["web1", "web2"]);
        Assert.All(Enumerable.Range(0, 4), _ => Assert.Equal(first, Ask(running, 8081)));
        Assert.Equal(first, lab.Ask(ServiceLab.Vip));
        Assert.All(Enumerable.Range(0, 4), _ => Assert.Equal("web2", Ask(running, 8443)));
        string connections = director.RunChecked(["ipvsadm", "-Lnc"]);
        Assert.Contains($"{ServiceLab.Vip}:8081", connections, StringComparison.Ordinal);
        Assert.Contains($"{ServiceLab.Vip}:0 ", connections, StringComparison.Ordinal);
        string status = director.RunChecked([running.Options.ProgramPath, "status"]);
        Assert.Contains($"{ServiceLab.Vip}:0", status, StringComparison.Ordinal);
        Assert.Contains(
            $"TCP {ServiceLab.Vip}:0 rr persistent 50, 2 of 2",
            director.RunChecked([running.Options.ProgramPath, "trace", "--packet", $"tcp,src=192.168.1.77:4000,dst={ServiceLab.Vip}:9999"]),
            StringComparison.Ordinal);

        // By the client's road: without the virtual address on its lo a server of all ports is out, too.
        running.MachineOf("web1").RunChecked(["ip", "addr", "del", $"{ServiceLab.Vip}/32", "dev", "lo"]);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "web1 out", () =>
            !director.RunChecked(["ipvsadm", "-Ln", "-t", $"{ServiceLab.Vip}:0"]).Contains("192.168.1.130", StringComparison.Ordinal));
        running.MachineOf("web1").RunChecked(["ip", "addr", "add", $"{ServiceLab.Vip}/32", "dev", "lo"]);

        // And by hand, as the manual of ipvsadm has it.
        Assert.Equal(2, director.Run(["ipvsadm", "-A", "-u", $"{ServiceLab.Vip}:0", "-s", "rr"]).ExitCode);
        director.RunChecked(["ipvsadm", "-A", "-u", $"{ServiceLab.Vip}:0", "-s", "rr", "-p", "300"]);
        director.RunChecked(["ipvsadm", "-a", "-u", $"{ServiceLab.Vip}:0", "-r", "192.168.1.131", "-g"]);
        Assert.Contains($"-A -u {ServiceLab.Vip}:0 -s rr -p 300\n-a -u {ServiceLab.Vip}:0 -r 192.168.1.131:0 -g -w 1", director.RunChecked(["ipvsadm", "-Sn"]), StringComparison.Ordinal);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "a datagram answered", () =>
            running.Client.Run(["sh", "-c", $"echo who | socat -T 1 - UDP4-CONNECT:{ServiceLab.Vip}:5353"]).Output.Trim() == "web2");
        director.RunChecked(["ipvsadm", "-D", "-u", $"{ServiceLab.Vip}:0"]);
    }

    private static string? Ask(RunningLab running, int port)
    {
        CommandResult answer = running.Client.Run(["socat", "-T", "2", "-", $"TCP:{ServiceLab.Vip}:{port},connect-timeout=2"]);
        return answer.Output.Trim() is { Length: > 0 } name ? name : null;
    }
}
