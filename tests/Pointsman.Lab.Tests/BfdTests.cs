using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Tests;

/// <summary>A director watches the path to a neighbour that runs keepalived's BFD, and its priority follows.</summary>
public sealed class BfdTests
{
    private const string File = "/etc/keepalived/keepalived.conf";

    private static readonly TimeSpan StateLimit = TimeSpan.FromSeconds(40);

    [Fact]
    public void NeighborRunsKeepalived_SessionComesUp_ItsLossIsNoticed_OtherSessionsGoOn()
    {
        Assert.SkipUnless(System.IO.File.Exists("/usr/sbin/keepalived"), "keepalived is not installed");
        using TestLab test = TestLab.WithPointsman("classic");
        RunningLab lab = test.Lab;
        Machine director = lab.MachineOf("lb1");
        lab.View.WaitForMaster("lb1", StateLimit);
        string theirs = AddressOf(lab.Client);
        Configure(lab, director, theirs);
        lab.Client.RunChecked(
        [
            "sh", "-c",
            $"printf 'bfd_instance lb1 {{\\n neighbor_ip {AddressOf(director)}\\n min_rx 50\\n min_tx 50\\n multiplier 3\\n}}\\n' > /tmp/bfd.conf; "
            + "/usr/sbin/keepalived -f /tmp/bfd.conf -p /tmp/bfd.pid -G",
        ]);
        try
        {
            Poll.UntilOrThrow(StateLimit, "the session", () => Status(lab).Contains("priority 107 (configured 100)", StringComparison.Ordinal));
            Poll.UntilOrThrow(StateLimit, "the agreed pace", () => Status(lab).Contains(" 150 ms ", StringComparison.Ordinal));

            // What is configured as before goes on through a reload.
            director.RunChecked(["sed", "-i", "s/neighbor_ip 192.168.1.250/neighbor_ip 192.168.1.251/", File]);
            director.RunChecked([lab.Options.ProgramPath, "reload"]);
            Poll.UntilOrThrow(StateLimit, "the other neighbour", () => Status(lab).Contains("192.168.1.251", StringComparison.Ordinal));
            Assert.Contains("priority 107 (configured 100)", Status(lab), StringComparison.Ordinal);
        }
        finally
        {
            // First the wire: a daemon that is killed by itself has a child that says goodbye.
            lab.Client.RunChecked(["ip", "link", "set", "eth0", "down"]);
            lab.Client.RunChecked(["sh", "-c", "kill -9 $(cat /tmp/bfd.pid)"]);
        }

        Poll.UntilOrThrow(StateLimit, "its loss", () => !Status(lab).Contains("priority 107", StringComparison.Ordinal));
        Poll.UntilOrThrow(StateLimit, "its reason", () => Status(lab).Contains("nothing heard for the detection time", StringComparison.Ordinal));
    }

    [Fact]
    public void RealServerWhosePathIsLost_LeavesTheTable_AndComesBack()
    {
        Assert.SkipUnless(System.IO.File.Exists("/usr/sbin/keepalived"), "keepalived is not installed");
        using TestLab test = TestLab.WithPointsman("classic");
        RunningLab lab = test.Lab;
        Machine director = lab.MachineOf("lb1");
        Machine web = lab.MachineOf("web1");
        lab.View.WaitForMaster("lb1", StateLimit);
        StartNeighbor(web, AddressOf(director));
        director.RunChecked(
        [
            "sh", "-c",
            "printf '\\nbfd_instance web1 {\\n neighbor_ip 192.168.1.130\\n min_rx 50\\n min_tx 50\\n multiplier 3\\n checker\\n}\\n"
            + $"virtual_server 192.168.1.200 81 {{\\n lb_algo rr\\n lb_kind DR\\n protocol TCP\\n real_server 192.168.1.130 81 {{\\n BFD_CHECK {{\\n name web1\\n alpha\\n }}\\n }}\\n}}\\n' >> {File}",
        ]);
        director.RunChecked([lab.Options.ProgramPath, "reload"]);
        Poll.UntilOrThrow(StateLimit, "web1 in the table", () => Balances(director));

        web.RunChecked(["sh", "-c", "kill -9 $(cat /run/bfd.pid) $(pgrep -P $(cat /run/bfd.pid))"]);
        Poll.UntilOrThrow(StateLimit, "web1 out of it", () => !Balances(director));
        string log = director.RunChecked(["cat", Services.DirectorService.Log]);
        Assert.Contains("BFD check of [web1] RS([192.168.1.130]:tcp:81 of [192.168.1.200]:tcp:81) is DOWN", log, StringComparison.Ordinal);
        Assert.Contains("Removing service [192.168.1.130]:tcp:81 from VS [192.168.1.200]:tcp:81", log, StringComparison.Ordinal);
        Assert.Contains("-> 192.168.1.130:80", director.RunChecked(["ipvsadm", "-Ln"]), StringComparison.Ordinal);

        StartNeighbor(web, AddressOf(director));
        Poll.UntilOrThrow(StateLimit, "web1 back in the table", () => Balances(director));
    }

    private static void StartNeighbor(Machine machine, string director) => machine.RunChecked(
    [
        "sh", "-c",
        $"rm -f /run/bfd.pid; printf 'bfd_instance lb1 {{\\n neighbor_ip {director}\\n min_rx 50\\n min_tx 50\\n multiplier 3\\n}}\\n' > /run/bfd.conf; "
        + "/usr/sbin/keepalived -f /run/bfd.conf -p /run/bfd.pid -G",
    ]);

    private static bool Balances(Machine director) =>
        director.RunChecked(["ipvsadm", "-Ln"]).Contains("-> 192.168.1.130:81", StringComparison.Ordinal);

    private static void Configure(RunningLab lab, Machine director, string theirs)
    {
        director.RunChecked(["sed", "-i", "s/virtual_router_id 51/&\\n    track_bfd {\\n        core weight 7\\n    }/", File]);
        director.RunChecked(
        [
            "sh", "-c",
            $"printf '\\nbfd_instance core {{\\n neighbor_ip {theirs}\\n min_rx 50\\n min_tx 50\\n multiplier 3\\n}}\\n"
            + $"bfd_instance other {{\\n neighbor_ip 192.168.1.250\\n}}\\n' >> {File}",
        ]);
        director.RunChecked([lab.Options.ProgramPath, "reload"]);
    }

    private static string Status(RunningLab lab) => lab.MachineOf("lb1").RunChecked([lab.Options.ProgramPath, "status"]);

    private static string AddressOf(Machine machine) =>
        machine.RunChecked(["sh", "-c", "ip -4 -o addr show eth0 | head -1 | sed 's#.*inet \\([0-9.]*\\)/.*#\\1#'"]).Trim();
}
