namespace Pointsman.VirtualRouter.Tests;

/// <summary>What two directors have in their files, and what they go through.</summary>
internal sealed record PairCourse(string Name, PairInstance[] Instances, Action<Pair> Steps)
{
    private const string Version2 = "version 2\nadvert_int 1\n";
    private const string Version3 = "version 3\nadvert_int 0.25\n";
    private const string Password = "authentication {\nauth_type PASS\nauth_pass 1111\n}\n";
    private const string Header = "authentication {\nauth_type AH\nauth_pass 1111\n}\n";
    private const string Unicast = "unicast_src_ip {own4}\nunicast_peer {\n{other4}\n}\n";
    private const string UnicastOverIpv6 = "unicast_src_ip {own6}\nunicast_peer {\n{other6}\n}\n";

    internal static PairCourse[] All { get; } =
    [
        new(
            "version 2, in every way",
            [
                new("PASS", 61, Version2 + Password, "10.9.0.161"),
                new("AH", 62, Version2 + Header, "10.9.0.162"),
                new("none", 63, Version2, "10.8.0.163/24 dev eth1"),
                new("unicast", 64, Version2 + Password + Unicast, "10.9.0.164"),
                new("VMAC", 65, Version2 + Password + "use_vmac\n", "10.9.0.165"),
                new("VMAC_base", 66, Version2 + Header + "use_vmac\nvmac_xmit_base\n", "10.9.0.166"),
            ],
            Turns)
        { Adverts = 1 },
        new(
            "version 3 over IPv4, in every way",
            [
                new("IPv4", 51, Version3, "10.9.0.151", "10.9.0.171/24 label eth0:1"),
                new("unicast", 53, Version3 + Unicast, "10.9.0.153"),
                new("VMAC", 55, Version3 + "use_vmac\n", "10.9.0.155"),
                new("VMAC_base", 57, Version3 + "use_vmac\nvmac_xmit_base\n", "10.9.0.157"),
                new("VMAC_unicast", 58, Version3 + "use_vmac\nvmac_xmit_base\n" + Unicast, "10.9.0.158"),
            ],
            Turns),
        new(
            "version 3 over IPv6, in every way",
            [
                new("IPv6", 52, Version3, "fe80::152", "2001:db8:9::152"),
                new("unicast_IPv6", 54, Version3 + UnicastOverIpv6, "fe80::154", "2001:db8:9::154"),
                new("VMAC_IPv6", 56, Version3 + "use_vmac\n", "fe80::156", "2001:db8:9::156"),
            ],
            Turns),
        new(
            "rules of the election",
            [
                new("master", 51, Version3, "10.9.0.151") { LinesOfA = "state MASTER" },
                new("owner", 52, Version3, "10.9.0.152") { LinesOfA = "state MASTER", Priorities = (255, 100) },
                new("equal", 53, Version3, "10.9.0.153") { Priorities = (100, 100) },
                new("nopreempt", 54, Version3 + "nopreempt\n", "10.9.0.154"),
                new("delay", 55, Version3 + "preempt_delay 1\n", "10.9.0.155"),
            ],
            Rules),
        new(
            "scripts, files and links",
            [
                new("VI_1", 51, Version3 + """
                    track_script {
                        wish
                        load
                        works
                    }
                    track_file {
                        number
                    }

                    """, "10.9.0.151") { Priorities = (100, 120) },
            ],
            Tracked)
        {
            Head = """
                vrrp_script wish {
                    script "/usr/bin/test -e {flags}wish"
                    interval 1
                    weight 40
                }
                vrrp_script load {
                    script "/usr/bin/test ! -e {flags}load"
                    interval 1
                    weight -50
                }
                vrrp_script works {
                    script "/usr/bin/test ! -e {flags}broken"
                    interval 1
                }
                track_file number {
                    file {flags}number
                    weight 1
                }

                """,
        },
        new(
            "a sync group of both families",
            [
                new("VI_1", 51, Version3, "10.9.0.151") { Group = "G" },
                new("VI_2", 52, Version3, "fe80::152", "2001:db8:9::152") { Group = "G", Interface = "eth1" },
            ],
            Together)
        {
            Head = """
                vrrp_script works {
                    script "/usr/bin/test ! -e {flags}broken"
                    interval 1
                }
                vrrp_sync_group G {
                    group {
                        VI_1
                        VI_2
                    }
                    track_script {
                        works
                    }
                }

                """,
        },
    ];

    /// <summary>What stands before the instances, in both files.</summary>
    internal string Head { get; init; } = "";

    /// <summary>So many adverts a state must last to be believed.</summary>
    internal int Adverts { get; init; } = 3;

    // Either is master, either is killed or stops, as master and as backup.
    // keepalived takes an address that was left behind for its own.
    private static void Turns(Pair pair)
    {
        pair.Do("B starts, alone", pair.B.Start, Pair.Off, Pair.Master);
        pair.Do("A starts, of a higher priority", pair.A.Start, Pair.Master, Pair.Backup);
        pair.Do("A is killed", pair.A.Kill, Pair.Dead, Pair.Master);
        pair.Do("A comes back", () => pair.StartAfterBoot(pair.A), Pair.Master, Pair.Backup);
        pair.Do("A stops", pair.A.Stop, Pair.Off, Pair.Master);
        pair.Do("B is killed, alone", pair.B.Kill, Pair.Off, Pair.Dead);
        pair.Do("A starts, alone", pair.A.Start, Pair.Master, Pair.Dead);
        pair.Do("B comes back", () => pair.StartAfterBoot(pair.B), Pair.Master, Pair.Backup);
        pair.Do("B stops", pair.B.Stop, Pair.Master, Pair.Off);
        pair.Do("A stops, alone", pair.A.Stop, Pair.Off, Pair.Off);
    }

    private static void Rules(Pair pair)
    {
        (string, string, string)[] later = [("equal", Pair.Backup, Pair.Master), ("nopreempt", Pair.Backup, Pair.Master)];
        pair.Do("B starts, alone", pair.B.Start, Pair.Off, Pair.Master);
        pair.Do("A starts", pair.A.Start, Pair.Master, Pair.Backup, later);
        pair.Do("B is killed", pair.B.Kill, Pair.Master, Pair.Dead);
        pair.Do("B comes back", pair.B.Start, Pair.Master, Pair.Backup);
        pair.Do("A is killed", pair.A.Kill, Pair.Dead, Pair.Master);
        pair.Do("A comes back", pair.A.Start, Pair.Master, Pair.Backup, later);
        pair.Do("B stops", pair.B.Stop, Pair.Master, Pair.Off);
        pair.Do("B comes back", pair.B.Start, Pair.Master, Pair.Backup);
        pair.Do("A stops", pair.A.Stop, Pair.Off, Pair.Master);
    }

    private static void Tracked(Pair pair)
    {
        void Set(PairDirector director, string flag) => File.WriteAllText(director.Flag(flag), "1");
        void Unset(PairDirector director, string flag) => File.Delete(director.Flag(flag));
        pair.Do("B starts, of 120", pair.B.Start, Pair.Off, Pair.Master);
        pair.Do("A starts, of 100", pair.A.Start, Pair.Backup, Pair.Master);
        pair.Do("A's script succeeds: 140", () => Set(pair.A, "wish"), Pair.Master, Pair.Backup);
        pair.Do("B's script succeeds: 160", () => Set(pair.B, "wish"), Pair.Backup, Pair.Master);
        pair.Do("B's other script fails: 110", () => Set(pair.B, "load"), Pair.Master, Pair.Backup);
        pair.Do("A's script fails: 100", () => Unset(pair.A, "wish"), Pair.Backup, Pair.Master);
        pair.Do("B's last script fails", () => Set(pair.B, "broken"), Pair.Master, Pair.Fault);
        pair.Do("B's last script succeeds", () => Unset(pair.B, "broken"), Pair.Backup, Pair.Master);
        pair.Do("A's file says 30: 130", () => File.WriteAllText(pair.A.Flag("number"), "30"), Pair.Master, Pair.Backup);
        pair.Do("A's file is removed: 100", () => Unset(pair.A, "number"), Pair.Backup, Pair.Master);
        pair.Do("B reads a file of 40: 30", () => pair.Reload(pair.B, 40), Pair.Master, Pair.Backup);
        pair.Do("B reads one of 200: 190", () => pair.Reload(pair.B, 200), Pair.Backup, Pair.Master);
        pair.Do("B loses its link", () => pair.B.SetLink("eth0", isUp: false), Pair.Master, Pair.Fault);
        pair.Do("B has it again", () => pair.B.SetLink("eth0", isUp: true), Pair.Backup, Pair.Master);
        pair.Do("A's last script fails", () => Set(pair.A, "broken"), Pair.Fault, Pair.Master);
        pair.Do("A stops", pair.A.Stop, Pair.Off, Pair.Master);
        pair.Do("A starts, and its script fails", pair.A.Start, Pair.Fault, Pair.Master);
    }

    private static void Together(Pair pair)
    {
        pair.Do("B starts, alone", pair.B.Start, Pair.Off, Pair.Master);
        pair.Do("A starts", pair.A.Start, Pair.Master, Pair.Backup);
        pair.Do("one link of A is lost", () => pair.A.SetLink("eth1", isUp: false), Pair.Fault, Pair.Master);
        pair.Do("A has it again", () => pair.A.SetLink("eth1", isUp: true), Pair.Master, Pair.Backup);
        pair.Do("A's script fails", () => File.WriteAllText(pair.A.Flag("broken"), ""), Pair.Fault, Pair.Master);
        pair.Do("A's script succeeds", () => File.Delete(pair.A.Flag("broken")), Pair.Master, Pair.Backup);
        pair.Do("one link of B is lost", () => pair.B.SetLink("eth1", isUp: false), Pair.Master, Pair.Fault);
        pair.Do("B has it again", () => pair.B.SetLink("eth1", isUp: true), Pair.Master, Pair.Backup);
        pair.Do("A is killed", pair.A.Kill, Pair.Dead, Pair.Master);
        pair.Do("A comes back", pair.A.Start, Pair.Master, Pair.Backup);
        pair.Do("A stops", pair.A.Stop, Pair.Off, Pair.Master);
        pair.Do("B stops", pair.B.Stop, Pair.Off, Pair.Off);
    }
}
