using System.Globalization;
using System.Text.RegularExpressions;
using Pointsman.Linux.Processes;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Options of keepalived's command line that are about its VRRP process: our program under that name.</summary>
public sealed partial class KeepalivedOptionsTests : IDisposable
{
    private readonly Network _network = Network.Create();
    private readonly string _machine;

    public KeepalivedOptionsTests() => _machine = _network.AddMachine(1);

    private static string Text => Keepalived.Instance("VI_1", 51, 100, "version 3\nadvert_int 0.1", Network.Vip)
        + "vrrp_instance VI_2 {\ninterface eth0\nvirtual_router_id 52\npriority 100\nversion 3\nadvert_int 0.1\n"
        + "virtual_ipaddress {\n10.9.0.102\n}\nvirtual_routes {\n10.50.0.0/16 dev eth0\n}\n}\n";

    public void Dispose() => _network.Dispose();

    [Fact]
    public void ProcessIdFiles_NameBothProcesses_AndAreGoneAtTheEnd()
    {
        using Keepalived ours = Start();
        Assert.Equal(ours.ProcessId, Read(ours.PidFile));
        int role = Read(ours.VrrpPidFile);
        Assert.Contains("vrrp-role", File.ReadAllText($"/proc/{role}/cmdline"), StringComparison.Ordinal);

        // Another takes its place, and the file says so.
        ProcessControl.TrySignal(role, Signal.Kill);
        Node.WaitUntil(() => Read(ours.VrrpPidFile) != role && Read(ours.VrrpPidFile) != 0, () => ours.Log);

        ours.Stop();
        Assert.False(File.Exists(ours.PidFile));
        Assert.False(File.Exists(ours.VrrpPidFile));
    }

    // A directory in its place: not even root can write there.
    [Fact]
    public void ProcessIdFile_CannotBeWrittenAnyMore_WhoServesGoesOn()
    {
        using Keepalived ours = Start();
        int role = Read(ours.VrrpPidFile);
        File.Delete(ours.VrrpPidFile);
        Directory.CreateDirectory(ours.VrrpPidFile);
        try
        {
            ProcessControl.TrySignal(role, Signal.Kill);
            Node.WaitUntil(() => ours.Log.Contains($"Process id file {ours.VrrpPidFile} cannot be written", StringComparison.Ordinal), () => ours.Log);
            Assert.False(ours.HasExited);
            ours.Stop();
            Assert.False(File.Exists(ours.PidFile));
        }
        finally
        {
            Directory.Delete(ours.VrrpPidFile);
        }
    }

    [Fact]
    public void DontRespawn_VrrpProcessDies_AllStops()
    {
        using Keepalived ours = Start("-R");
        ProcessControl.TrySignal(Read(ours.VrrpPidFile), Signal.Kill);
        Node.WaitUntil(() => ours.HasExited, () => ours.Log);
        Assert.Contains("--dont-respawn", ours.Log, StringComparison.Ordinal);
    }

    // As with keepalived: no farewell, addresses and routes stay. The next one clears what is not its own.
    [Fact]
    public void DontReleaseVrrp_IsStopped_AddressesAndRoutesStay()
    {
        using (Keepalived ours = Start("-V"))
        {
            ours.Stop();
            Assert.DoesNotContain("sent 0 priority", ours.Log, StringComparison.Ordinal);
        }

        Assert.True(Network.HasVip(_machine));
        Assert.Contains("10.50.0.0/16", Routes(), StringComparison.Ordinal);

        using (Keepalived next = Start())
        {
            next.Stop();
        }

        Assert.False(Network.HasVip(_machine));
        Assert.DoesNotContain("10.50.0.0/16", Routes(), StringComparison.Ordinal);
    }

    [Fact]
    public void AddressMonitoring_TellsWhatKeepalivedTells()
    {
        Keepalived.SkipUnlessInstalled();
        string[] told;
        using (Keepalived theirs = new(_machine, Text, Keepalived.Real, "-a"))
        {
            theirs.Expect("(VI_2) Entering MASTER STATE");
            told = Told(theirs);
            theirs.Stop();
        }

        using Keepalived ours = Start("-a");
        Assert.Superset(told.Where(line => line.Contains("10.9.", StringComparison.Ordinal)).ToHashSet(), Told(ours).ToHashSet());
        Network.Ip($"-n {_machine} addr add 10.9.7.7/32 dev eth0");
        ours.Expect("Netlink reflector reports IP 10.9.7.7 added to eth0");
        Network.Ip($"-n {_machine} addr del 10.9.7.7/32 dev eth0");
        ours.Expect("Netlink reflector reports IP 10.9.7.7 removed from eth0");

        ours.Stop();
        Assert.Contains("Netlink reflector reports IP 10.9.0.102 removed from eth0", ours.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void DumpConf_ConfigurationIsLogged()
    {
        using Keepalived ours = Start("-d");
        Assert.Matches(new Regex(": +virtual_router_id 52 "), ours.Log);
    }

    // Whoever asks keepalived for its figures by a signal gets them, in the same form.
    [Fact]
    public void Signals_AskForFigures_TheyAreWrittenAsKeepalivedWritesThem()
    {
        Keepalived.SkipUnlessInstalled();
        string theirs = StatisticsOf(new Keepalived(_machine, Text, Keepalived.Real));
        string ours = StatisticsOf(Start());
        Assert.Contains("VRRP Instance: VI_2", theirs, StringComparison.Ordinal);
        Assert.Equal(Number().Replace(theirs, "N"), Number().Replace(ours, "N"));
        Assert.DoesNotContain("Sent: 0\n  Became", ours, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("STOP", 0)]
    [InlineData("RELOAD", 0)]
    [InlineData("DATA", 0)]
    [InlineData("STATS", 0)]
    [InlineData("nonsense", 1)]
    public void Signum_IsKeepalivedsNumber(string word, int code)
    {
        Keepalived.SkipUnlessInstalled();
        Assert.Equal(Run(Keepalived.Real, $"--signum={word}", code), Run(Keepalived.Ours, $"--signum={word}", code));
    }

    [Fact]
    public void Genhash_IsAskedForByAnOption()
    {
        (string said, string complained) = Both(Keepalived.Ours, ["-T", "-h"], out _);
        Assert.Contains("--server", said + complained, StringComparison.Ordinal);
    }

    [Fact]
    public void Namespace_IsEntered_AndHasItsOwnSocket()
    {
        string folder = Directory.CreateTempSubdirectory("linux-vr-ns-").FullName;
        string run = $"/run/pointsman/{_machine}";
        try
        {
            string file = Path.Combine(folder, "keepalived.conf");
            File.WriteAllText(file, Text);
            using var ours = System.Diagnostics.Process.Start(
                new System.Diagnostics.ProcessStartInfo(Keepalived.Ours, ["-s", _machine, "-P", "-n", "-f", file, "-p", Path.Combine(folder, "pid"), "-r", Path.Combine(folder, "vrrp.pid")])
                {
                    RedirectStandardError = true, RedirectStandardOutput = true,
                })!;
            Node.WaitUntil(() => Network.HasVip(_machine), () => "it is not master in the namespace");
            Assert.True(File.Exists($"{run}/control.sock"));
            Assert.Equal(ours.Id, Read(Path.Combine(folder, "pid")));
            ProcessControl.TrySignal(ours.Id, Signal.Terminate);
            Assert.True(ours.WaitForExit(Node.Patience));
            Assert.False(Network.HasVip(_machine));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            if (Directory.Exists(run))
            {
                Directory.Delete(run, recursive: true);
            }
        }
    }

    private Keepalived Start(params string[] options)
    {
        var ours = new Keepalived(_machine, $"instance {_machine}\n{Text}", Keepalived.Ours, options);
        Node.WaitUntil(() => Network.HasVip(_machine) && Network.HasVip(_machine, "10.9.0.102"), () => ours.Log);
        Node.WaitUntil(() => Read(ours.VrrpPidFile) != 0, () => ours.Log);
        return ours;
    }

    private string Routes() => Network.Command("ip", $"-n {_machine} route show");

    private static string StatisticsOf(Keepalived keepalived)
    {
        const string file = "/tmp/keepalived.stats";
        using (keepalived)
        {
            keepalived.Expect("(VI_2) Entering MASTER STATE");
            File.Delete(file);
            ProcessControl.TrySignal(keepalived.ProcessId, Signal.User2);
            Node.WaitUntil(() => File.Exists(file) && File.ReadAllText(file).Split("Priority Zero:").Length == 3, () => keepalived.Log);
            string text = File.ReadAllText(file);
            ProcessControl.TrySignal(keepalived.ProcessId, Signal.User1);
            Node.WaitUntil(() => File.Exists("/tmp/keepalived.data"), () => keepalived.Log);
            keepalived.Stop();
            File.Delete(file);
            File.Delete("/tmp/keepalived.data");
            File.Delete("/tmp/keepalived_parent.data");
            return text;
        }
    }

    private static string[] Told(Keepalived keepalived) =>
    [
        .. keepalived.Log.Split('\n').Select(line => line[(line.IndexOf("Netlink reflector", StringComparison.Ordinal) is >= 0 and var at ? at : line.Length)..])
            .Where(line => line.Length > 0).Select(line => line.TrimEnd()),
    ];

    private static int Read(string file)
    {
        try
        {
            return int.TryParse(File.ReadAllText(file), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int number) ? number : 0;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }

    private static string Run(string program, string option, int code)
    {
        (string said, string complained) = Both(program, [option], out int exitCode);
        Assert.Equal(code, exitCode);
        return said + complained;
    }

    private static (string Said, string Complained) Both(string program, string[] options, out int exitCode)
    {
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(program, options) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string said = process.StandardOutput.ReadToEnd();
        string complained = process.StandardError.ReadToEnd();
        process.WaitForExit();
        exitCode = process.ExitCode;
        return (said, complained);
    }

    [GeneratedRegex("[0-9]+$", RegexOptions.Multiline)]
    private static partial Regex Number();
}
