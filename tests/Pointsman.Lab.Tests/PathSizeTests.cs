using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Tests;

/// <summary>A route to a real server that takes less than the director's card: clients are told of what does not fit, and of what it takes by then.</summary>
public sealed class PathSizeTests(ServiceLab services) : IClassFixture<ServiceLab>
{
    [Fact]
    public void RouteTakesLess_ClientIsTold_AndToldAnewWhenItChanges()
    {
        RunningLab lab = services.With(Service);
        Machine director = lab.MachineOf("lb1"), client = lab.Client;
        string web = lab.Topology.Node("web1").Address;
        client.WriteFile("/tmp/large", new string('x', 20_000));
        services.Begin(lab);
        ServiceLab.WaitForTable(lab, $"{web} 1");
        try
        {
            Upload(client);
            Assert.DoesNotContain("mtu", Route(client), StringComparison.Ordinal);

            foreach (int mtu in (int[])[1400, 1300])
            {
                director.RunChecked(["ip", "route", "replace", $"{web}/32", "dev", "eth0", "mtu", $"{mtu}"]);
                Poll.UntilOrThrow(PointsmanLab.StateLimit, $"a client that is told of {mtu}", () =>
                {
                    Upload(client);
                    return Route(client).Contains($"mtu {mtu}", StringComparison.Ordinal);
                });
            }

            Assert.Contains("too-big-told", director.RunChecked([lab.Options.ProgramPath, "status"]), StringComparison.Ordinal);
            Assert.Contains(
                "bytes; the way to it takes 1300",
                director.RunChecked([lab.Options.ProgramPath, "trace", "--packet", $"tcp,src=192.168.1.77,dst={ServiceLab.Vip}:80,size=1400"]),
                StringComparison.Ordinal);
            director.RunChecked(["ip", "route", "del", $"{web}/32"]);
            Poll.UntilOrThrow(PointsmanLab.StateLimit, "the way is as wide as before", () =>
            {
                client.RunChecked(["ip", "route", "flush", "cache"]);
                Upload(client);
                return !Route(client).Contains("mtu", StringComparison.Ordinal);
            });
        }
        finally
        {
            director.Run(["ip", "route", "del", $"{web}/32"]);
            client.RunChecked(["ip", "route", "flush", "cache"]);
            client.RunChecked(["rm", "/tmp/large"]);
        }
    }

    // It gets there each time, whatever was told on the way.
    private static void Upload(Machine client)
    {
        CommandResult upload = client.Run(["curl", "-s", "-m", "10", "--data-binary", "@/tmp/large", $"http://{ServiceLab.Vip}/"]);
        Assert.True(upload.ExitCode == 0, $"{upload.ExitCode} {upload.Error}");
    }

    private static string Route(Machine client) => client.RunChecked(["ip", "route", "get", ServiceLab.Vip]);

    private const string Service = $$"""

        virtual_server {{ServiceLab.Vip}} 80 {
            delay_loop 1
            lb_algo rr
            lb_kind DR
            protocol TCP
            real_server 192.168.1.130 80 {
                TCP_CHECK {
                    connect_timeout 2
                }
            }
        }

        """;
}
