using System.Diagnostics;
using Pointsman.Base;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>
/// The same file goes through the same evening with keepalived and with our program, and what scripts, pipe, wire and addresses
/// tell must be the same.
/// </summary>
public sealed class SameAsKeepalivedTests : IDisposable
{
    private const string SecondVip = "10.9.0.102";

    private readonly string _folder = Directory.CreateTempSubdirectory("linux-vr-same-").FullName;

    private string Said => Path.Combine(_folder, "said");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Instances and a group that a reload drops, with notify_deleted and without; the one that stays ends it by its STOP. What the
    // pipe's reader was given and read is told with the rest.
    [Fact]
    public void ReloadDropsInstancesAndAGroup_WhatIsTold_IsKeepalivedsOwn()
    {
        Keepalived.SkipUnlessInstalled();
        string theirs = Evening(Keepalived.Real, Dropping);
        string ours = Evening(Keepalived.Ours, Dropping);
        Assert.Contains("two INSTANCE VI_2 DELETED 100", theirs, StringComparison.Ordinal);
        Assert.Contains("two-deleted", theirs, StringComparison.Ordinal);
        Assert.Contains("reader ", theirs, StringComparison.Ordinal);
        Assert.Contains("pipe INSTANCE \"VI_5\" FAULT 100", theirs, StringComparison.Ordinal);
        Assert.True(theirs == ours, $"keepalived told:\n{theirs}\n\nwe told:\n{ours}");
    }

    // keepalived 2.2.7 knows the word in instances only.
    [Fact]
    public void ReloadDropsAGroup_ItsScriptIsRun()
    {
        string told = Evening(Keepalived.Ours, (network, machine, program) =>
        {
            string head = $"instance {machine}\nglobal_defs {{\nscript_user root\n}}\n{Instance(1)}";
            string group = $"vrrp_sync_group G {{\ngroup {{\nVI_2\nVI_3\n}}\nnotify \"{_folder}/say group\"\nnotify_deleted \"{_folder}/say group-deleted\"\n}}\n";
            using var director = new Keepalived(machine, head + group + Instance(2) + Instance(3), program);
            Expect(director, "group GROUP G MASTER 0");
            director.Reload(head);
            Expect(director, "group-deleted");
            director.Stop();
        });
        Assert.Contains("group GROUP G DELETED 0", told, StringComparison.Ordinal);
    }

    [Fact]
    public void MasterHearsALowerOne_ItsScriptIsRun_AsKeepalivedRunsIt()
    {
        Keepalived.SkipUnlessInstalled();
        string theirs = Evening(Keepalived.Real, Lower);
        string ours = Evening(Keepalived.Ours, Lower);
        Assert.Contains("lower", theirs, StringComparison.Ordinal);
        Assert.True(theirs == ours, $"keepalived told:\n{theirs}\n\nwe told:\n{ours}");
    }

    [Fact]
    public void MinGarp_OneAnnouncement_AndNoSecondBatch()
    {
        Keepalived.SkipUnlessInstalled();
        foreach (string program in (string[])[Keepalived.Real, Keepalived.Ours])
        {
            using Network network = Network.Create();
            string machine = network.AddMachine(1);
            using var wire = new WireLog(network.AddMachine(9), $"(ip proto 112) or (arp and host {Network.Vip})");
            using var director = new Keepalived(machine, $"instance {machine}\nglobal_defs {{\nvrrp_min_garp\n}}\n{Instance(1)}", program);

            // The second batch would come after five seconds.
            Node.WaitUntil(() => wire.Count("VRRPv3") > 65, () => director.Log);
            Assert.True(wire.Count("tell " + Network.Vip) == 1, $"{program}:\n{wire.Text}");
        }
    }

    [Fact]
    public void SyncGroup_TracksScriptInterfaceAndProcess_AllMembersLetGoAndComeBack()
    {
        Keepalived.SkipUnlessInstalled();
        foreach (string program in (string[])[Keepalived.Real, Keepalived.Ours])
        {
            using Network network = Network.Create();
            string machine = network.AddMachine(1);
            Network.Ip($"-n {machine} link add track0 type veth peer name track1");
            Network.Ip($"-n {machine} link set track1 up");
            Network.Ip($"-n {machine} link set track0 up");
            string flag = Path.Combine(_folder, "flag");
            File.WriteAllText(flag, "");
            string tracked = Path.Combine(_folder, $"pm{Environment.ProcessId}");
            File.Copy("/bin/sleep", tracked, overwrite: true);
            Process runs = Process.Start(tracked, "1000");

            // keepalived asks the kernel to be told of processes, and this one has not learnt that.
            bool tracksProcesses = program != Keepalived.Real;
            using var director = new Keepalived(machine, $$"""
                instance {{machine}}
                global_defs {
                    script_user root
                }
                vrrp_script chk {
                    script "/usr/bin/test -e {{flag}}"
                    interval 1
                }
                {{(tracksProcesses ? $"vrrp_track_process proc {{\nprocess {tracked}\n}}" : "")}}
                vrrp_sync_group G {
                    group {
                        VI_1
                        VI_2
                    }
                    track_script {
                        chk
                    }
                    track_interface {
                        track0
                    }
                    {{(tracksProcesses ? "track_process {\nproc\n}" : "")}}
                }
                {{Instance(1)}}
                {{Instance(2)}}
                """, program);
            try
            {
                void Expect(bool areHeld, string when) => Node.WaitUntil(
                    () => director.Has(Network.Vip) == areHeld && director.Has(SecondVip) == areHeld, () => $"{program}, {when}:\n{director.Log}");

                Expect(areHeld: true, "at the start");
                File.Delete(flag);
                Expect(areHeld: false, "script fails");
                File.WriteAllText(flag, "");
                Expect(areHeld: true, "script succeeds");
                Network.Ip($"-n {machine} link set track0 down");
                Expect(areHeld: false, "interface down");
                Network.Ip($"-n {machine} link set track0 up");
                Expect(areHeld: true, "interface up");
                if (tracksProcesses)
                {
                    runs.Kill();
                    Expect(areHeld: false, "process ends");
                    runs.WaitForExit();
                    runs.Dispose();
                    runs = Process.Start(tracked, "1000");
                    Expect(areHeld: true, "process runs");
                }
            }
            finally
            {
                runs.Kill();
                runs.WaitForExit();
                runs.Dispose();
            }
        }
    }

    // A weight of a member counts for all, where the group says so: seen in the adverts of both.
    [Fact]
    public void SyncGroup_CountsWeights_AllMembersPrioritiesMove()
    {
        Keepalived.SkipUnlessInstalled();
        foreach (string program in (string[])[Keepalived.Real, Keepalived.Ours])
        {
            using Network network = Network.Create();
            string machine = network.AddMachine(1);
            string flag = Path.Combine(_folder, "flag");
            File.WriteAllText(flag, "");
            using var wire = new WireLog(network.AddMachine(9), "ip proto 112");
            using var director = new Keepalived(machine, $$"""
                instance {{machine}}
                global_defs {
                    script_user root
                }
                vrrp_script chk {
                    script "/usr/bin/test -e {{flag}}"
                    interval 1
                    weight 30
                }
                vrrp_sync_group G {
                    group {
                        VI_1
                        VI_2
                    }
                    sync_group_tracking_weight
                    track_script {
                        chk
                    }
                }
                {{Instance(1)}}
                {{Instance(2)}}
                """, program);
            void Expect(int priority) => Node.WaitUntil(
                () => wire.Count($"vrid 51, prio {priority}") > 0 && wire.Count($"vrid 52, prio {priority}") > 0,
                () => $"{program}:\n{director.Log}\n{wire.Text}");

            Expect(130);
            File.Delete(flag);
            Expect(100);
        }
    }

    // Two instances that stand together, and one that stands alone: the order in which the pipe tells of them, and whose scripts run.
    [Theory]
    [InlineData("MASTER")]
    [InlineData("FAULT")]
    [InlineData("BACKUP")]
    public void SyncGroup_IsStopped_WhoIsToldAndInWhichOrder_IsKeepalivedsOwn(string from)
    {
        Keepalived.SkipUnlessInstalled();
        string theirs = Stop(Keepalived.Real, from);
        string ours = Stop(Keepalived.Ours, from);
        Assert.Contains("INSTANCE \"VI_2\" STOP 100", theirs, StringComparison.Ordinal);
        Assert.Contains("G-stop", theirs, StringComparison.Ordinal);
        Assert.True(theirs == ours, $"keepalived told:\n{theirs}\n\nwe told:\n{ours}");
    }

    // Ours alone: keepalived has no BFD where it runs VRRP only.
    [Fact]
    public void SyncGroup_TracksAPath_AllMembersLetGoAndComeBack()
    {
        using Network network = Network.Create();
        string machine = network.AddMachine(1);
        string neighbor = network.AddMachine(2);
        string Path50(int other) => $"bfd_instance path {{\nneighbor_ip 10.9.0.{other}\nmin_rx 50\nmin_tx 50\nmultiplier 4\nvrrp\n}}\n";
        using var there = new Keepalived(neighbor, $"instance {neighbor}\n{Path50(1)}", Keepalived.Ours);
        using var director = new Keepalived(machine, $$"""
            instance {{machine}}
            {{Path50(2)}}
            vrrp_sync_group G {
                group {
                    VI_1
                    VI_2
                }
                track_bfd {
                    path
                }
            }
            {{Instance(1)}}
            {{Instance(2)}}
            """, Keepalived.Ours);
        void Expect(bool areHeld) => Node.WaitUntil(
            () => director.Has(Network.Vip) == areHeld && director.Has(SecondVip) == areHeld, () => director.Log);

        Expect(areHeld: true);
        Network.Ip($"-n {neighbor} link set eth0 down");
        Expect(areHeld: false);
        Network.Ip($"-n {neighbor} link set eth0 up");
        Expect(areHeld: true);
    }

    private string Stop(string program, string from)
    {
        string say = Path.Combine(_folder, "say");
        string pipe = Path.Combine(_folder, "pipe");
        File.WriteAllText(say, $"#!/bin/sh\necho \"$@\" >> {Said}\n");
        File.SetUnixFileMode(say, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Said, "");
        using Network network = Network.Create();
        string machine = network.AddMachine(1);
        network.Plug(machine, "eth1", 11);
        Network.Ip($"-n {machine} addr add 10.8.0.1/24 dev eth1");
        Network.Ip($"-n {machine} link set eth1 up");
        using var reader = new PipeReader(pipe);
        string Scripts(string who) => string.Join('\n', ((string[])["stop", "fault"]).Select(state => $"notify_{state} \"{say} {who}-{state}\"").Append($"notify \"{say} {who}\""));
        string text = $$"""
            instance {{machine}}
            global_defs {
                script_user root
                vrrp_notify_fifo {{pipe}}
            }
            vrrp_sync_group G {
                group {
                    VI_1
                    VI_2
                }
                {{Scripts("G")}}
            }
            {{Instance(1, Scripts("one"))}}
            {{Instance(2, Scripts("two")).Replace("interface eth0", "interface eth1", StringComparison.Ordinal)}}
            {{Instance(3, Scripts("three"))}}
            """;
        using var director = new Keepalived(machine, text, program);
        string[] masters = [.. Enumerable.Range(1, 3).Select(number => $"INSTANCE \"VI_{number}\" MASTER 100"), "GROUP \"G\" MASTER 0"];
        reader.Expect(director, masters);
        using Keepalived? other = from == "BACKUP" ? Higher(network) : null;
        if (from == "FAULT")
        {
            Network.Ip($"-n {machine} link set eth1 down");
        }

        if (from != "MASTER")
        {
            Node.WaitUntil(() => reader.Lines[^3..].All(line => line.Contains(from, StringComparison.Ordinal)), () => string.Join('\n', reader.Lines));
            Expect(director, $"G GROUP G {from} 0");
        }

        int before = reader.Lines.Length;
        director.Stop();
        reader.Expect(director, "GROUP \"G\" STOP 0", "INSTANCE \"VI_3\" STOP 100");
        Expect(director, "G-stop", "one-stop", "two-stop", "three-stop", "G GROUP G STOP 0", "two INSTANCE VI_2 STOP 100");
        IEnumerable<string> changed = from == "FAULT" ? reader.Lines[(before - 3)..before] : [];
        return string.Join('\n', [.. changed, .. reader.Lines[before..], "", .. File.ReadAllLines(Said).Where(line => line.Contains("stop", StringComparison.OrdinalIgnoreCase) || line.Contains("fault", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)]);
    }

    private static Keepalived Higher(Network network)
    {
        string machine = network.AddMachine(2);
        return new Keepalived(machine, $"instance {machine}\n" + (Instance(1) + Instance(2)).Replace("priority 100", "priority 200", StringComparison.Ordinal));
    }

    private string Evening(string program, Action<Network, string, string> acts)
    {
        foreach (string file in Directory.GetFiles(_folder))
        {
            File.Delete(file);
        }

        File.WriteAllText(Path.Combine(_folder, "say"), $"#!/bin/sh\necho \"$@\" >> {Said}\n");
        File.WriteAllText(Path.Combine(_folder, "reader"), $"#!/bin/sh\necho \"reader $@\" >> {Said}\nexec sed -u 's/^/pipe /' \"$1\" >> {Said}\n");
        File.WriteAllText(Said, "");
        foreach (string script in (string[])["say", "reader"])
        {
            File.SetUnixFileMode(Path.Combine(_folder, script), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        using Network network = Network.Create();
        acts(network, network.AddMachine(1), program);

        // keepalived ends the reader of its pipe before that has read of the stop, and starts it anew with each reload.
        return string.Join('\n', File.ReadAllLines(Said).Distinct().Where(line => line is not ['p', 'i', 'p', 'e', .., 'S', 'T', 'O', 'P', ' ', '1', '0', '0']).Order(StringComparer.Ordinal));
    }

    private void Dropping(Network network, string machine, string program)
    {
        string say = Path.Combine(_folder, "say");
        string head = $$"""
            instance {{machine}}
            global_defs {
                script_user root
                vrrp_notify_fifo {{_folder}}/pipe
                vrrp_notify_fifo_script "{{_folder}}/reader"
            }
            {{Instance(1, $"notify \"{say} one\"")}}

            """;
        string dropped = $$"""
            vrrp_sync_group G {
                group {
                    VI_3
                    VI_4
                }
                notify_fault "{{say}} group-fault"
                notify "{{say}} group"
            }
            {{Instance(2, $"notify \"{say} two\"\nnotify_deleted \"{say} two-deleted\"\nnotify_fault \"{say} two-fault\"")}}
            {{Instance(3)}}
            {{Instance(4)}}
            {{Instance(5, $"notify \"{say} five\"\nnotify_fault \"{say} five-fault\"")}}

            """;
        using var director = new Keepalived(machine, head + dropped, program);
        Expect(director, "one INSTANCE VI_1 MASTER 100", "two INSTANCE VI_2 MASTER 100", "five INSTANCE VI_5 MASTER 100", "group GROUP G MASTER 0", "pipe GROUP \"G\" MASTER 0");
        director.Reload(head);
        Expect(
            director, "two-deleted", "two INSTANCE VI_2 DELETED 100", "five INSTANCE VI_5 FAULT 100", "pipe INSTANCE \"VI_2\" DELETED 100",
            "pipe INSTANCE \"VI_3\" FAULT 100", "pipe INSTANCE \"VI_4\" FAULT 100", "pipe INSTANCE \"VI_5\" FAULT 100");
        Node.WaitUntil(() => !director.Has("10.9.0.105"), () => director.Log);
        director.Stop();
        Expect(director, "one INSTANCE VI_1 STOP 100");
    }

    private void Lower(Network network, string machine, string program)
    {
        using var lower = new Speaker(network.AddMachine(2), "10.9.0.2");
        using var director = new Keepalived(
            machine,
            $"instance {machine}\nglobal_defs {{\nscript_user root\n}}\n{Instance(1, $"notify_master_rx_lower_pri \"{_folder}/say lower\"\nnotify \"{_folder}/say one\"")}",
            program);
        Expect(director, "one INSTANCE VI_1 MASTER 100");
        lower.Say(priority: 50);
        Expect(director, "lower");
        director.Stop();
        Expect(director, "one INSTANCE VI_1 STOP 100");
    }

    private void Expect(Keepalived director, params string[] lines) => Node.WaitUntil(
        () => lines.All(File.ReadAllText(Said).Contains), () => $"{string.Join(", ", lines)} of\n{File.ReadAllText(Said)}\n{director.Log}");

    private static string Instance(int number, string lines = "") => Keepalived.Instance(
        $"VI_{number}", 50 + number, 100, $"version 3\nadvert_int 0.1\n{lines}", number == 1 ? Network.Vip : $"10.9.0.10{number}");
}
