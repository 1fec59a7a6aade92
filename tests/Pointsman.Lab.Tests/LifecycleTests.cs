using System.Diagnostics;
using System.Globalization;

namespace Pointsman.Lab.Tests;

public sealed class LifecycleTests
{
    private static readonly TimeSpan StateLimit = TimeSpan.FromSeconds(30);

    [Fact]
    public void UpThenDown_LeavesNothing()
    {
        using TestLab test = TestLab.Prepare(DirectorKind.Keepalived);
        string[] linksBefore = HostLinks();
        string mountsBefore = HostMounts();

        test.Up("classic");
        string[] machines = [.. test.Lab.Topology.Nodes.Select(node => node.Name), "switch"];
        string[] networks = [.. machines.Select(name => NetworkOf(test.Lab.MachineOf(name).InitPid))];
        Assert.Equal(machines.Length, networks.Distinct().Count());
        WaitForNoOtherLinks();

        Assert.Equal(machines.Length, RunningLab.Down("classic", test.Options));

        WaitForNoOtherLinks();
        Assert.Equal(mountsBefore, HostMounts());
        Assert.False(Directory.Exists(test.Options.StateDirectory));
        // The kernel ends the last of a machine's processes a moment after its first.
        Poll.UntilOrThrow(StateLimit, "no process in the lab's networks", () => !ProcessNetworks().Intersect(networks).Any());

        // Other tests, at the same time, have links on this host for a moment.
        void WaitForNoOtherLinks() =>
            Poll.UntilOrThrow(StateLimit, "no link of the lab on this host", () => !HostLinks().Except(linksBefore).Any());
    }

    [Fact]
    public void UpKilledHalfway_UpAgain_BuildsItWhole()
    {
        using TestLab test = TestLab.Prepare(DirectorKind.Keepalived);
        KillUpHalfway(test, "classic");

        test.Up("classic");

        Assert.Equal(test.Lab.Topology.Nodes.Count + 1, RunningLab.Down("classic", test.Options));
    }

    [Fact]
    public void UpKilledHalfway_Down_RemovesWhatWasMade()
    {
        using TestLab test = TestLab.Prepare(DirectorKind.Keepalived);
        KillUpHalfway(test, "classic");

        Assert.NotEqual(0, RunningLab.Down(null, test.Options));

        Assert.Equal(0, RunningLab.Down(null, test.Options));
        Assert.False(Directory.Exists(test.Options.StateDirectory));
    }

    [Fact]
    public void TwoLabs_OneGoesDown_TheOtherStays()
    {
        using TestLab first = TestLab.Prepare(DirectorKind.Keepalived);
        using TestLab second = TestLab.Prepare(DirectorKind.Keepalived);
        first.Up("classic");
        second.Up("classic");

        RunningLab.Down(null, first.Options);

        Assert.Equal("server=web1", second.Lab.Client.RunChecked(["curl", "-s", "http://192.168.1.130/"]));
    }

    [Theory]
    [InlineData("classic", 5)]
    [InlineData("colocated", 5)]
    public void EachTopology_Up_HasOneMasterAndEveryServiceRunning(string topology, int machines)
    {
        using TestLab test = TestLab.WithKeepalived(topology);

        // The other one may have been first: keepalived starts when it starts.
        test.Lab.View.WaitForMaster("lb1", StateLimit * 2);
        Views.LabStatus status = test.Lab.View.Status();
        Assert.Equal(machines, status.Nodes.Count);
        Assert.All(status.Nodes.SelectMany(node => node.Services), service => Assert.True(service.Running, service.Name));
        Assert.Empty(status.Faults);
    }

    [Theory]
    [InlineData("up", "nowhere")]
    [InlineData("down", "one", "two")]
    [InlineData("conquer")]
    [InlineData()]
    public void WrongWords_AreRefusedInWords(params string[] words)
    {
        StringWriter said = new();
        int exitCode = LabCli.Run(words, new LabOptions { StateDirectory = "/run/pointsman-lab-none", Output = said, Error = said });

        Assert.NotEqual(0, exitCode);
        Assert.NotEmpty(said.ToString());
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void DemoInterrupted_TakesTheLabDown(string signal)
    {
        using TestLab test = TestLab.Prepare(DirectorKind.Keepalived);
        using Process demo = Start(test, "demo", "classic");
        // The first line: from here on signals are the demo's to handle.
        Assert.NotNull(demo.StandardOutput.ReadLine());
        Poll.UntilOrThrow(StateLimit, "the first machines", () => MachineCount(test) >= 3);

        Process.Start("kill", ["-s", signal, "--", demo.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();

        Assert.True(demo.WaitForExit(StateLimit), "it did not end");
        Assert.Equal(130, demo.ExitCode);
        Assert.Equal(0, MachineCount(test));
        Assert.False(Directory.Exists(test.Options.StateDirectory));
    }

    private static int MachineCount(TestLab test) => Machines.NodeProcesses.FindAll(test.Options).Count;

    private static Process Start(TestLab test, params string[] words)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, ["lab", .. words, "--director", "keepalived"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment[Program.StateDirectoryVariable] = test.Options.StateDirectory;
        return Process.Start(start)!;
    }

    private static void KillUpHalfway(TestLab test, string topology)
    {
        using Process up = Start(test, "up", topology);
        Poll.UntilOrThrow(StateLimit, "the first machines", () => MachineCount(test) >= 3);
        up.Kill();
        up.WaitForExit();
    }

    private static string[] HostLinks() => [.. Directory.EnumerateDirectories("/sys/class/net").Select(link => Path.GetFileName(link)!)];

    // A lab gives its networks no names; other tests, at the same time, do.
    private static string HostMounts() =>
        string.Join('\n', File.ReadLines("/proc/self/mounts").Where(mount => !mount.Contains("/run/netns", StringComparison.Ordinal)));

    private static string NetworkOf(int pid) => new FileInfo($"/proc/{pid}/ns/net").LinkTarget!;

    private static IEnumerable<string> ProcessNetworks()
    {
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            string? network = null;
            try
            {
                network = new FileInfo(Path.Combine(process, "ns/net")).LinkTarget;
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }

            if (network is not null)
            {
                yield return network;
            }
        }
    }
}
