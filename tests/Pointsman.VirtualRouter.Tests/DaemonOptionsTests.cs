using System.Globalization;
using System.Text.RegularExpressions;
using Pointsman.Linux.Processes;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>
/// Options of keepalived's command line that are about its processes, files and log lines: our program under that name, beside
/// keepalived where both can do it.
/// </summary>
public sealed partial class DaemonOptionsTests : IDisposable
{
    private const Signal Abort = (Signal)6;

    private readonly string _folder = Directory.CreateTempSubdirectory("linux-vr-options-").FullName;
    private readonly Network _network = Network.Create();
    private readonly string _machine;

    public DaemonOptionsTests()
    {
        _machine = _network.AddMachine(1);
        _network.AddMachine(2);
    }

    private string CheckersPidFile => Path.Combine(_folder, "checkers.pid");

    private string BfdPidFile => Path.Combine(_folder, "bfd.pid");

    private string Said => Path.Combine(_folder, "said");

    public void Dispose()
    {
        _network.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("", "-u", "027")]
    [InlineData("", "-u", "0x10", "-m")]
    [InlineData("umask IWGRP | IROTH|IWOTH")]
    [InlineData("umask 077", "-u", "027")]
    public void Umask_FilesAndScripts_AreAsKeepalivedMakesThem(string inFile, params string[] options)
    {
        Keepalived.SkipUnlessInstalled();
        string theirs = Modes(Keepalived.Real, inFile, options);
        string ours = Modes(Keepalived.Ours, inFile, options);
        Assert.Contains("pipe: ", theirs, StringComparison.Ordinal);
        Assert.True(theirs == ours, $"keepalived:\n{theirs}\nours:\n{ours}");
    }

    [Fact]
    public void Umask_OfTheFile_ChangesByReload_WithoutOneItIsAsItWasStarted()
    {
        using Keepalived ours = Start(Text("umask 077"));
        Assert.Equal("0077", MaskOf(ours.ProcessId));
        ours.Reload($"instance {_machine}\n{Text("umask 0x16")}");
        Node.WaitUntil(() => MaskOf(ours.ProcessId) == "0026", () => ours.Log);
        ours.Reload($"instance {_machine}\n{Text("")}");
        string inherited = MaskOf(Environment.ProcessId);
        Assert.NotEqual("0026", inherited);
        Node.WaitUntil(() => MaskOf(ours.ProcessId) == inherited, () => ours.Log);

        static string Text(string umask) => $"global_defs {{\n{umask}\n}}\n{Instance}";
    }

    // Scripts are not to leave any (see above), and no process leaves one unasked.
    [Fact]
    public void CoreDump_ProcessThatCrashes_LeavesItsCore()
    {
        Assert.SkipUnless(
            File.ReadAllText("/proc/sys/kernel/core_pattern").Trim() is { Length: > 0 } pattern && !pattern.Contains('/', StringComparison.Ordinal) && pattern[0] != '|',
            "core files do not go to the working directory here");
        foreach ((string[] options, bool leaves) in (ReadOnlySpan<(string[], bool)>)[(["-m"], true), ([], false)])
        {
            using Keepalived ours = Start(Instance, options);
            int role = Read(ours.VrrpPidFile);
            Assert.Equal(leaves, CoreLimit(ours.ProcessId) == "unlimited");
            Assert.Equal(leaves, CoreLimit(role) == "unlimited");

            // The runtime takes the first for a mistake of the sender's.
            Node.WaitUntil(
                () =>
                {
                    ProcessControl.TrySignal(role, Abort);
                    return Read(ours.VrrpPidFile) is not 0 and var next && next != role;
                },
                () => ours.Log);
            Assert.Equal(leaves, Directory.GetFiles(ours.Folder, "core*").Length > 0);
            ours.Stop();
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(16 + 5, "-S", "local5")]
    [InlineData(16 + 2, "-S", "2")]
    [InlineData(1, "--log-facility=user")]
    [InlineData(3, "-S", "daemon")]
    public void LogFacility_LinesComeByIt_AsKeepaliveds(int facility, params string[] options)
    {
        Keepalived.SkipUnlessInstalled();
        foreach (string program in (string[])[Keepalived.Real, Keepalived.Ours])
        {
            using var syslog = new SystemLog(_folder, program);
            using (var director = new Keepalived(_machine, $"instance {_machine}\n{Instance}", syslog.Program, options))
            {
                director.Expect("Entering MASTER STATE");
                director.Stop();
            }

            // What keepalived says before it has read its options goes elsewhere.
            string[] lines = [.. syslog.Lines.Where(line => line.Contains("(VI_1)", StringComparison.Ordinal))];
            Assert.Contains(lines, line => line.Contains("(VI_1) Entering MASTER STATE", StringComparison.Ordinal));
            Assert.All(lines, line => Assert.Equal(facility, SystemLog.FacilityOf(line)));
        }
    }

    [Fact]
    public void NoSyslog_NothingGoesThere()
    {
        Keepalived.SkipUnlessInstalled();
        foreach (string program in (string[])[Keepalived.Real, Keepalived.Ours])
        {
            using var syslog = new SystemLog(_folder, program);
            using (var director = new Keepalived(_machine, $"instance {_machine}\n{Instance}", syslog.Program, "-G"))
            {
                director.Expect("Entering MASTER STATE");
                director.Stop();
            }

            Assert.Empty(syslog.Lines);
        }
    }

    [Fact]
    public void ProcessIdFiles_OfCheckersAndBfd_NameWhoDoesIt_AndAreGoneAtTheEnd()
    {
        using Keepalived ours = StartBoth(Path50 + Instance);
        Assert.Equal(ours.ProcessId, Read(CheckersPidFile));
        int watch = Read(BfdPidFile);
        Assert.Contains("bfd-role", CommandOf(watch), StringComparison.Ordinal);

        ProcessControl.TrySignal(watch, Signal.Kill);
        Node.WaitUntil(() => Read(BfdPidFile) is not 0 and var next && next != watch, () => ours.Log);
        Assert.Contains("bfd-role", CommandOf(Read(BfdPidFile)), StringComparison.Ordinal);

        ours.Stop();
        Assert.False(File.Exists(CheckersPidFile));
        Assert.False(File.Exists(BfdPidFile));
    }

    // keepalived has no such file where it checks nothing, either.
    [Fact]
    public void OnlyVrrp_NoProcessIdOfCheckers()
    {
        using Keepalived ours = Start(Instance, "-c", CheckersPidFile);
        Assert.False(File.Exists(CheckersPidFile));
        ours.Stop();
    }

    [Fact]
    public void All_NothingToDo_EveryProcessRuns_AndComesBack()
    {
        using Keepalived ours = StartBoth("global_defs {\n}\n", "--all");
        (int role, int watch) = (Read(ours.VrrpPidFile), Read(BfdPidFile));
        Assert.Contains("vrrp-role", CommandOf(role), StringComparison.Ordinal);
        Assert.Contains("bfd-role", CommandOf(watch), StringComparison.Ordinal);
        ProcessControl.TrySignal(role, Signal.Kill);
        ProcessControl.TrySignal(watch, Signal.Kill);
        Node.WaitUntil(
            () => Read(ours.VrrpPidFile) is not 0 and var nextRole && nextRole != role && Read(BfdPidFile) is not 0 and var nextWatch && nextWatch != watch,
            () => ours.Log);
        ours.Stop();

        using Keepalived without = Keepalived.Whole(_machine, $"instance {_machine}\nglobal_defs {{\n}}\n", Keepalived.Ours, "-b", BfdPidFile);
        without.Expect("Startup complete");
        without.Stop();
        without.Expect("Stopped Pointsman");
        Assert.DoesNotContain("Starting VRRP", without.Log, StringComparison.Ordinal);
        Assert.False(File.Exists(BfdPidFile));
    }

    [Fact]
    public void NoBfd_NobodyWatches_WhoTracksThePathIsInFault_AsWithKeepalived()
    {
        Keepalived.SkipUnlessInstalled();
        const string tracking = "track_bfd {\npath\n}";
        foreach (string program in (string[])[Keepalived.Real, Keepalived.Ours])
        {
            using Keepalived director = Keepalived.Whole(_machine, Text(tracking), program, "-B", "-c", CheckersPidFile, "-b", BfdPidFile);
            director.Expect("ntering FAULT");
            director.Reload(Text(""));
            director.Expect("Entering MASTER STATE");
            director.Reload(Text(tracking));
            Node.WaitUntil(() => !director.HasVip, () => director.Log);
            Assert.False(File.Exists(BfdPidFile));
            director.Stop();
            if (program != Keepalived.Real)
            {
                director.Expect("bfd_instance path is not watched (--no_bfd)", times: 3);
            }
        }

        string Text(string tracking) => $"instance {_machine}\n{Path50}{Keepalived.Instance("VI_1", 51, 100, $"version 3\nadvert_int 0.1\n{tracking}", Network.Vip)}";
    }

    private static string Path50 => "bfd_instance path {\nneighbor_ip 10.9.0.2\nmin_rx 50\nmin_tx 50\nmultiplier 4\n}\n";

    private static string Instance => Keepalived.Instance("VI_1", 51, 100, "version 3\nadvert_int 0.1", Network.Vip);

    private Keepalived Start(string text, params string[] options)
    {
        var ours = new Keepalived(_machine, $"instance {_machine}\n{text}", Keepalived.Ours, options);
        Node.WaitUntil(() => Read(ours.VrrpPidFile) != 0, () => ours.Log);
        return ours;
    }

    /// <summary>Not VRRP alone.</summary>
    private Keepalived StartBoth(string text, params string[] options)
    {
        Keepalived ours = Keepalived.Whole(_machine, $"instance {_machine}\n{text}", Keepalived.Ours, ["-c", CheckersPidFile, "-b", BfdPidFile, .. options]);
        Node.WaitUntil(() => Read(ours.VrrpPidFile) != 0 && Read(BfdPidFile) != 0, () => ours.Log);
        return ours;
    }

    /// <summary>The modes of the files it makes, and what its script inherits.</summary>
    private string Modes(string program, string inFile, string[] options)
    {
        const string data = "/tmp/keepalived.data";
        string pipe = Path.Combine(_folder, "pipe");
        string script = Path.Combine(_folder, "say");
        File.Delete(Said);
        File.Delete(data);
        File.WriteAllText(script, $"#!/bin/sh\necho \"umask $(umask) core $(ulimit -c)\" > {Said}.new\nmv {Said}.new {Said}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string text = $"instance {_machine}\nglobal_defs {{\nscript_user root\n{inFile}\nvrrp_notify_fifo {pipe}\n}}\n"
            + Keepalived.Instance("VI_1", 51, 100, $"version 3\nadvert_int 0.1\nnotify_master {script}", Network.Vip);
        using var director = new Keepalived(_machine, text, program, options);
        Node.WaitUntil(() => File.Exists(Said) && Read(director.VrrpPidFile) != 0, () => director.Log);
        ProcessControl.TrySignal(director.ProcessId, Signal.User1);
        Node.WaitUntil(() => File.Exists(data), () => director.Log);
        (string Name, string File)[] files = [("pid", director.PidFile), ("vrrp pid", director.VrrpPidFile), ("pipe", pipe), ("data", data)];

        // Without -u keepalived gives scripts a mask of its own, and ours leaves them what it was started with.
        string inherited = File.ReadAllText(Said);
        string told = string.Join('\n', files.Select(file => $"{file.Name}: {File.GetUnixFileMode(file.File)}"))
            + (options.Length > 0 || inFile.Length > 0 ? $"\n{inherited}" : "");
        director.Stop();
        File.Delete(data);
        File.Delete("/tmp/keepalived_parent.data");
        return told;
    }

    private static string MaskOf(int process) => File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("Umask:", StringComparison.Ordinal))[6..].Trim();

    private static string CommandOf(int process) => File.ReadAllText($"/proc/{process}/cmdline");

    private static string CoreLimit(int process) => CoreLine().Match(File.ReadAllText($"/proc/{process}/limits")).Groups[1].Value;

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

    [GeneratedRegex("^Max core file size +([^ ]+)", RegexOptions.Multiline)]
    private static partial Regex CoreLine();
}
