using System.Globalization;
using System.Text.RegularExpressions;

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
