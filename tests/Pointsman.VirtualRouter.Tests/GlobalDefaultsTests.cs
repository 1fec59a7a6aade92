using System.Globalization;
using System.Text.RegularExpressions;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>
/// What global_defs says for all instances, seen from outside: the same file goes through the same evening with keepalived and
/// with our program, and the wire must tell the same.
/// </summary>
public sealed partial class GlobalDefaultsTests
{
    private const string Group = "224.0.0.77";

    private const string Text = $$"""
        global_defs {
            vrrp_version 3
            vrrp_mcast_group4 {{Group}}
            vrrp_garp_master_delay 2
            vrrp_garp_master_repeat 3
            vrrp_garp_master_refresh 5
            vrrp_garp_master_refresh_repeat 2
            vrrp_garp_lower_prio_delay 1
            vrrp_garp_lower_prio_repeat 4
            vrrp_lower_prio_no_advert true
            vrrp_higher_prio_send_advert true
            vrrp_down_timer_adverts 6
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            priority 100
            advert_int 1
            virtual_ipaddress {
                {{Network.Vip}}
            }
        }

        """;

    [Fact]
    public void Defaults_AreOnTheWire_AsKeepalivedsAre()
    {
        Keepalived.SkipUnlessInstalled();
        string ours = Evening(Keepalived.Ours);
        Assert.Equal(
            """
            master: 3 announcements, after 2 s 3, after 5 s 2
            adverts: 224.0.0.77 VRRPv3
            lower master: 0 adverts, 4 announcements, after 1 s 4
            higher master: 1 last word, silent for 6 s
            """,
            ours);
        Assert.Equal(ours, Evening(Keepalived.Real));
    }

    // Names of the interfaces it makes, and announcements by those where no advert leaves: over both families, beside keepalived.
    [Theory]
    [InlineData("vrrp_garp_extra_if 1", Network.Vip, "arp and ether src 00:00:5e:00:01:33", "Request who-has " + Network.Vip)]
    [InlineData("vrrp_vmac_garp_intvl 1", "fe80::100\n2001:db8:9::100", "icmp6 and ip6[40] == 136", "tgt is fe80::100")]
    public void InterfacesOfItsOwn_AreNamedAndAnnounceAgain_AsKeepalivedsDo(string extra, string addresses, string filter, string announcement)
    {
        Keepalived.SkipUnlessInstalled();
        foreach (string program in (string[])[Keepalived.Real, Keepalived.Ours])
        {
            using Network network = Network.Create();
            string machine = network.AddMachine(1);
            network.Plug(machine, "eth1", 11);
            Network.Ip($"-n {machine} link set eth1 up");
            using var wire = new WireLog(network.AddMachine(9), filter);
            using var director = new Keepalived(
                machine,
                $$"""
                instance {{machine}}
                global_defs {
                    vrrp_version 3
                    vmac_prefix own
                    vmac_addr_prefix other
                    vrrp_garp_master_delay 0
                    vrrp_garp_master_repeat 1
                    {{extra}}
                }
                vrrp_instance VI_1 {
                    interface eth0
                    virtual_router_id 51
                    priority 100
                    advert_int 0.1
                    use_vmac
                    vmac_xmit_base
                    virtual_ipaddress {
                        {{addresses}}
                    }
                    virtual_ipaddress_excluded {
                        10.10.0.100 dev eth1 use_vmac
                    }
                }
                """,
                program);
            Node.WaitUntil(() => wire.Count(announcement) >= 4, () => $"{program}:\n{wire.Text}\n{director.Log}");
            string links = Network.Command("ip", $"-n {machine} -o link show type macvlan");
            Assert.True(links.Contains(" own.51@eth0", StringComparison.Ordinal) && links.Contains(" other.51", StringComparison.Ordinal), $"{program}:\n{links}");
        }
    }

    [Theory]
    [InlineData("vrrp_check_unicast_src", false)]
    [InlineData("", true)]
    public void CheckOfUnicastSources_AStrangerIsHeardWithoutItOnly_AsByKeepalived(string check, bool isHeard)
    {
        Keepalived.SkipUnlessInstalled();
        foreach (string program in (string[])[Keepalived.Real, Keepalived.Ours])
        {
            using Network network = Network.Create();
            string machine = network.AddMachine(1);
            using var stranger = new Speaker(network.AddMachine(2), "10.9.0.2");
            using var wire = new WireLog(network.AddMachine(3), "ip proto 112 and src host 10.9.0.1");
            using var director = new Keepalived(
                machine,
                $"instance {machine}\nglobal_defs {{\n{check}\n}}\n"
                    + Keepalived.Instance("VI_1", 51, 100, "version 3\nadvert_int 0.1\nunicast_src_ip 10.9.0.1\nunicast_peer {\n10.9.0.3\n}", Network.Vip),
                program);
            director.Expect("Entering MASTER STATE");
            Node.WaitUntil(() => wire.Count("VRRPv3") > 0, () => director.Log);
            stranger.Say(priority: 200, to: "10.9.0.1", interval: TimeSpan.FromSeconds(20));
            if (isHeard)
            {
                director.Expect("Entering BACKUP STATE", times: 2);
                continue;
            }

            int before = wire.Count("VRRPv3");
            Node.WaitUntil(() => wire.Count("VRRPv3") > before + 10, () => $"{program}:\n{wire.Text}\n{director.Log}");
            Assert.Equal(2, director.Log.Split("Entering BACKUP STATE").Length);
        }
    }

    // The master is known by then: with the default, its list is looked at no more.
    [Theory]
    [InlineData("vrrp_skip_check_adv_addr", false)]
    [InlineData("", true)]
    public void AddressCheckOfAKnownMaster_ComplainsWithoutItOnly_AsKeepalivedDoes(string skips, bool complains)
    {
        Keepalived.SkipUnlessInstalled();
        foreach (string program in (string[])[Keepalived.Real, Keepalived.Ours])
        {
            using Network network = Network.Create();
            string machine = network.AddMachine(1);
            using var master = new Speaker(network.AddMachine(2), "10.9.0.2");
            using var director = new Keepalived(
                machine, $"instance {machine}\nglobal_defs {{\n{skips}\n}}\n" + Keepalived.Instance("VI_1", 51, 100, "version 3\nadvert_int 0.1", Network.Vip), program);
            director.Expect("Entering MASTER STATE");
            master.Say(priority: 200, interval: TimeSpan.FromSeconds(1));
            director.Expect("Entering BACKUP STATE", times: 2);

            // Known is whom a backup has heard.
            master.Say(priority: 200, interval: TimeSpan.FromSeconds(1));
            master.Say(priority: 200, interval: TimeSpan.FromSeconds(1), addresses: "10.9.0.77");

            // Heard behind it, so that all before was looked at.
            master.Say(priority: 0);
            director.Expect("Entering MASTER STATE", times: 2);
            Assert.True(complains == director.Log.Contains("not present in MASTER advert", StringComparison.Ordinal), $"{program}:\n{director.Log}");
        }
    }

    // Ours alone: keepalived 2.2.7 does not know it.
    [Theory]
    [InlineData("vrrp_owner_ignore_adverts", false)]
    [InlineData("", true)]
    public void OwnersDefault_AnotherOwnerIsHeardWithoutItOnly(string ignores, bool isHeard)
    {
        using Network network = Network.Create();
        string machine = network.AddMachine(1);
        using var other = new Speaker(network.AddMachine(2), "10.9.0.2");
        using var wire = new WireLog(network.AddMachine(3), "ip proto 112 and src host 10.9.0.1");
        using var director = new Keepalived(
            machine, $"instance {machine}\nglobal_defs {{\n{ignores}\n}}\n" + Keepalived.Instance("VI_1", 51, 255, "version 3\nadvert_int 0.1", Network.Vip), Keepalived.Ours);
        director.Expect("Entering MASTER STATE");
        Node.WaitUntil(() => wire.Count("VRRPv3") > 0, () => director.Log);
        other.Say(priority: 255, interval: TimeSpan.FromSeconds(20));
        if (isHeard)
        {
            director.Expect("Entering BACKUP STATE", times: 2);
            return;
        }

        int before = wire.Count("VRRPv3");
        Node.WaitUntil(() => wire.Count("VRRPv3") > before + 10, () => wire.Text + director.Log);
        Assert.Equal(2, director.Log.Split("Entering BACKUP STATE").Length);
    }

    // Ours alone: keepalived 2.2.7 does not know it. Who hears the other kind of checksum believes it, and says so once.
    [Theory]
    [InlineData("v3_checksum_as_v2", true)]
    [InlineData("", false)]
    public void ChecksumsDefault_IsSent(string form, bool differs)
    {
        using Network network = Network.Create();
        using Node other = Way.All["v3 IPv4"].MakeOurs(network.AddMachine(2), priority: 50);
        string machine = network.AddMachine(1);
        other.Start();
        other.ExpectState(VrrpState.Master);
        int since = other.Count;
        using var director = new Keepalived(
            machine, $"instance {machine}\nglobal_defs {{\n{form}\n}}\n" + Keepalived.Instance("VI_1", 51, 255, "version 3\nadvert_int 0.1", Network.Vip), Keepalived.Ours);
        other.ExpectState(VrrpState.Backup, since);
        Node.WaitUntil(() => other.Snapshot().Instances[0].AdvertsReceived > 3, () => other.Said(since));
        Assert.Equal(differs, other.Has(told => told is RoleEvent.Reported { What: VrrpEventKind.ChecksumFormDiffers }, since));
    }

    private static string Evening(string program)
    {
        using Network network = Network.Create();
        string machine = network.AddMachine(1);
        using var other = new Speaker(network.AddMachine(2), "10.9.0.2");
        using var wire = new WireLog(network.AddMachine(9), $"(host 10.9.0.1 and ip proto 112) or (arp and host {Network.Vip})");
        using var director = new Keepalived(machine, $"instance {machine}\n{Text}", program);
        double Adverts(int count, double since) => At(wire, director, since, "VRRPv3", count);
        double Arps(int count, double since) => At(wire, director, since, "tell " + Network.Vip, count);

        double first = Arps(1, 0);
        double third = Arps(8, 0);
        string master = $"master: {Bursts(wire, first, third)}";
        double advert = Adverts(6, 0);
        string adverts = "adverts: " + AdvertLine().Match(wire.Text).Result("$1 $2");

        // Between two adverts: what comes within half a second is an answer. After the refresh at 10 s, before that at 15.
        third = Arps(10, 0);
        advert = Adverts(1, third + 0.2);
        double now = WireLog.Now;
        other.Say(priority: 50, to: Group, interval: TimeSpan.FromSeconds(1));
        double end = Arps(8, now);
        int answers = wire.Count("VRRPv3", advert + 0.001, advert + 0.6);
        string lower = $"lower master: {answers} adverts, {Bursts(wire, now, end)}";

        advert = Adverts(1, end);
        now = WireLog.Now;
        other.Say(priority: 200, to: Group, interval: TimeSpan.FromSeconds(1));
        double again = Adverts(2, now);
        int words = wire.Count("VRRPv3", now, now + 0.6);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{master}\n{adverts}\n{lower}\nhigher master: {words} last word, silent for {Math.Floor(again - now)} s");
    }

    // Announcements less than half a second apart belong together.
    private static string Bursts(WireLog wire, double from, double to)
    {
        double[] times = wire.Times("tell " + Network.Vip, from - 0.0001, to + 0.0001);
        var told = new List<string>();
        for (int i = 0; i < times.Length;)
        {
            int begin = i;
            while (++i < times.Length && times[i] - times[i - 1] < 0.5)
            {
            }

            string when = begin == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"after {Math.Round(times[begin] - times[0])} s ");
            told.Add($"{when}{i - begin}{(begin == 0 ? " announcements" : "")}");
        }

        return string.Join(", ", told);
    }

    private static double At(WireLog wire, Keepalived director, double since, string what, int count)
    {
        Node.WaitUntil(() => wire.Count(what, since, double.MaxValue) >= count, () => wire.Text + director.Log);
        return wire.Times(what, since, double.MaxValue)[count - 1];
    }

    [GeneratedRegex(@"> (\S+): (VRRPv\d)")]
    private static partial Regex AdvertLine();
}
