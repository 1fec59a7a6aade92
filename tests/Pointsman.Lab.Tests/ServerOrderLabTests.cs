using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Tests;

/// <summary>Orders of <c>pointsman server</c> beside the file: shown everywhere, kept by reloads and restarts, taken back by name.</summary>
public sealed class ServerOrderLabTests(ServiceLab services) : IClassFixture<ServiceLab>
{
    private const string Service = ServiceLab.Vip + ":84";

    [Fact]
    public void Orders_StandBesideTheFile_OverReloadAndRestart()
    {
        RunningLab lab = services.With(Services(weight: 3));
        services.Begin(lab);
        ServiceLab.WaitForTable(lab, 84, "192.168.1.130 3", "192.168.1.131 3");

        Order(lab, "drain", Service, "192.168.1.130");
        ServiceLab.WaitForTable(lab, 84, "192.168.1.130 0", "192.168.1.131 3");
        Order(lab, "weight", Service, "192.168.1.131", "7");
        ServiceLab.WaitForTable(lab, 84, "192.168.1.130 0", "192.168.1.131 7");
        Assert.Contains("drained by order (the file: weight 3)", Say(lab, "status").Output, StringComparison.Ordinal);
        string diff = Say(lab, "diff").Output;
        Assert.Contains("drain", diff, StringComparison.Ordinal);
        Assert.Contains("weight 7", diff, StringComparison.Ordinal);

        // The file says something else of both: the orders count all the same, and the reload says that they do.
        string reload = services.Change(lab, Services(weight: 5));
        Assert.Contains("drain", reload, StringComparison.Ordinal);
        ServiceLab.WaitForTable(lab, 84, "192.168.1.130 0", "192.168.1.131 7");

        lab.Services.Stop("lb1", Topology.LabService.Director);
        lab.Services.Start("lb1", Topology.LabService.Director);
        lab.View.WaitForMaster("lb1", PointsmanLab.StateLimit);
        ServiceLab.WaitForTable(lab, 84, "192.168.1.130 0", "192.168.1.131 7");

        Order(lab, "disable", Service, "192.168.1.130");
        ServiceLab.WaitForTable(lab, 84, "192.168.1.131 7");
        Order(lab, "enable", Service, "192.168.1.130");
        Order(lab, "enable", Service, "192.168.1.131");
        ServiceLab.WaitForTable(lab, 84, "192.168.1.130 5", "192.168.1.131 5");
        Assert.DoesNotContain("by order", Say(lab, "status").Output, StringComparison.Ordinal);

        Order(lab, "drain", Service, "192.168.1.130", "--for", "2");
        ServiceLab.WaitForTable(lab, 84, "192.168.1.130 0", "192.168.1.131 5");
        ServiceLab.WaitForTable(lab, 84, "192.168.1.131 5");
        Assert.Contains("disabled by order (the file: weight 5)", Say(lab, "status").Output, StringComparison.Ordinal);
        Order(lab, "enable", Service, "192.168.1.130");
        ServiceLab.WaitForTable(lab, 84, "192.168.1.130 5", "192.168.1.131 5");

        // A server that leaves the file takes its order with it.
        Order(lab, "drain", Service, "192.168.1.130");
        services.Change(lab, "");
        services.Change(lab, Services(weight: 5));
        ServiceLab.WaitForTable(lab, 84, "192.168.1.130 5", "192.168.1.131 5");
    }

    [Fact]
    public void MethodsSetByIpvsadm_AreThoseThatStatusTells()
    {
        RunningLab lab = services.With(Services(weight: 3));
        services.Begin(lab);
        void Ipvsadm(string line) => lab.MachineOf("lb1").RunChecked(["ipvsadm", .. line.Split(' ')]);
        Ipvsadm($"-A -t {ServiceLab.Vip}:99 -s rr");
        Ipvsadm($"-a -t {ServiceLab.Vip}:99 -r 192.168.1.130:8099 -m");
        Assert.Contains($"TCP {ServiceLab.Vip}:99  rr NAT ", Say(lab, "status").Output, StringComparison.Ordinal);

        Ipvsadm($"-a -t {ServiceLab.Vip}:99 -r 192.168.1.131:99 -g");
        string[] status = Say(lab, "status").Output.Split('\n');
        Assert.Contains(status, line => line.Contains($"TCP {ServiceLab.Vip}:99  rr NAT + DR ", StringComparison.Ordinal));
        Assert.Contains(status, line => line.Contains("192.168.1.131:99", StringComparison.Ordinal) && line.Contains("  DR ", StringComparison.Ordinal));
        Ipvsadm($"-D -t {ServiceLab.Vip}:99");
    }

    private static CommandResult Say(RunningLab lab, params string[] words) => lab.MachineOf("lb1").Run([lab.Options.ProgramPath, .. words]);

    private static void Order(RunningLab lab, params string[] words) => Assert.True(Say(lab, ["server", .. words]) is { Succeeded: true }, string.Join(' ', words));

    private static string Services(int weight) => $$"""
        virtual_server {{ServiceLab.Vip}} 84 {
            lb_algo wrr
            lb_kind DR
            protocol TCP
            real_server 192.168.1.130 84 {
                weight {{weight}}
            }
            real_server 192.168.1.131 84 {
                weight {{weight}}
            }
        }

        """;
}
