using System.Globalization;
using System.Text.Json;
using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Tests;

/// <summary>
/// The client's road by a tunnel: web1 gets what clients send, and checks, out of tunnels by a device of its own, as a server with the
/// kernel's tunnels does; what keeps it from serving them takes it out, with the likely cause.
/// </summary>
public sealed class TunnelRoadTests(ServiceLab services) : IClassFixture<ServiceLab>
{
    private const string Cause = "its end of the tunnel, or the VIP behind it, missing?";

    /// <summary>delay_loop 1 and one attempt of 2 s; back after two good answers; and what a busy host adds.</summary>
    private static readonly TimeSpan s_checkTime = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("ipip", "TUN type ipip")]
    [InlineData("gre", "TUN type gre")]
    [InlineData("gue", "TUN type gue port 6080")]
    [InlineData("gre", "TUN type gre csum")]
    [InlineData("gue", "TUN type gue port 6081 csum")]
    public void ServerByTunnel_IsUpThroughTheVip_AndOutWithTheCause(string kind, string method)
    {
        RunningLab lab = services.With(Service(method));
        Machine web = lab.MachineOf("web1");
        string device = End(web, kind, isSummed: method.EndsWith(" csum", StringComparison.Ordinal));
        services.Begin(lab);
        AwaitUp(lab);
        Assert.Equal("web1", services.Ask(ServiceLab.Vip));
        Assert.InRange(Received(web, device), 1, long.MaxValue);

        Breaks(
            lab, Cause,
            () => web.RunChecked(["ip", "addr", "del", $"{ServiceLab.Vip}/32", "dev", "lo"]),
            () => web.RunChecked(["ip", "addr", "add", $"{ServiceLab.Vip}/32", "dev", "lo"]));
        Breaks(
            lab, Cause,
            () => web.RunChecked(["ip", "link", "set", "dev", device, "down"]),
            () => web.RunChecked(["ip", "link", "set", "dev", device, "up"]));
        Breaks(
            lab, "or its answers from there find no way back",
            () => web.RunChecked(["ip", "rule", "add", "from", ServiceLab.Vip, "blackhole", "pref", "10"]),
            () => web.RunChecked(["ip", "rule", "del", "from", ServiceLab.Vip, "blackhole", "pref", "10"]));
        Breaks(
            lab, "nothing listens on that address there",
            () => web.RunChecked(["nft", $"table ip t {{ chain i {{ type filter hook input priority 0; ip daddr {ServiceLab.Vip} tcp dport 80 reject with tcp reset; }}; }}"]),
            () => web.RunChecked(["nft", "delete table ip t"]));
        Assert.Equal("web1", services.Ask(ServiceLab.Vip));
    }

    private void Breaks(RunningLab lab, string cause, Action harm, Action heal)
    {
        harm();
        try
        {
            Poll.UntilOrThrow(s_checkTime, $"out: {cause}", () => Server(lab) is var server && server.GetProperty("state").GetString() == "down"
                && server.TryGetProperty("lastCheck", out JsonElement last) && last.TryGetProperty("offRoad", out JsonElement off)
                && off.GetProperty("cause").GetString()!.Contains(cause, StringComparison.Ordinal));
            Assert.Empty(ServiceLab.Table(lab));
            Assert.Contains(cause, services.LogOf("lb1").Last(line => line.Contains("Removing service [192.168.1.130]:tcp:80", StringComparison.Ordinal)), StringComparison.Ordinal);
        }
        finally
        {
            heal();
        }

        AwaitUp(lab);
    }

    private static void AwaitUp(RunningLab lab)
    {
        Poll.UntilOrThrow(s_checkTime, "up through the VIP", () => Server(lab) is var server && server.GetProperty("state").GetString() == "up"
            && server.TryGetProperty("lastCheck", out JsonElement last) && last.GetProperty("success").GetBoolean()
            && last.TryGetProperty("through", out JsonElement through) && through.GetString() == ServiceLab.Vip + ":80");
        ServiceLab.WaitForTable(lab, "192.168.1.130 1");
    }

    private static JsonElement Server(RunningLab lab)
    {
        using var status = JsonDocument.Parse(lab.MachineOf("lb1").RunChecked([lab.Options.ProgramPath, "status", "--json"]));
        return status.RootElement.GetProperty("virtualServers").EnumerateArray()
            .Single(server => server.GetProperty("address").GetString() == ServiceLab.Vip + ":80").GetProperty("realServers")[0].Clone();
    }

    private static long Received(Machine web, string device) =>
        long.Parse(web.RunChecked(["cat", $"/sys/class/net/{device}/statistics/rx_packets"]), CultureInfo.InvariantCulture);

    /// <summary>A tunnel's end for kernels that are built without: the device is the kernel's, what goes in comes out of packets here.</summary>
    /// <param name="isSummed">It takes only packets with a checksum, and these if it is right; of GUE at port 6081.</param>
    /// <param name="isV6">Both the tunnel's packets and those within; the device has a 6 behind its name then.</param>
    internal static string End(Machine web, string kind, bool isV6 = false, bool isSummed = false)
    {
        // A raw socket of IPv6 hands out what follows the header. RFC 6935: without checksums, as over IPv4.
        web.WriteFile("/run/tunnel-end", """
            use Socket;
            my ($kind, $name, $is_summed) = @ARGV;
            my $is_v6 = $name eq "${kind}6";
            open(my $device, '+<', '/dev/net/tun') or die "tun: $!";
            ioctl($device, 0x400454ca, pack('Z16 s x22', $name, 0x1001)) or die "TUNSETIFF: $!";
            system('ip', 'link', 'set', 'dev', $name, 'up') == 0 or die;
            my %protocols = (ipip => $is_v6 ? 41 : 4, gre => 47);
            my $family = $is_v6 ? PF_INET6 : PF_INET;
            if (my $protocol = $protocols{$kind}) {
                socket(SOCKET, $family, SOCK_RAW, $protocol) or die "socket: $!";
            } else {
                socket(SOCKET, $family, SOCK_DGRAM, getprotobyname('udp')) or die "socket: $!";
                setsockopt(SOCKET, SOL_SOCKET, SO_REUSEADDR, 1);
                if ($is_v6) {
                    setsockopt(SOCKET, 41, 26, 1) or die "IPV6_V6ONLY: $!";
                    setsockopt(SOCKET, 17, 102, 1) or die "UDP_NO_CHECK6_RX: $!";
                }
                bind(SOCKET, $is_v6 ? pack_sockaddr_in6(6080 + $is_summed, "\0" x 16) : sockaddr_in(6080 + $is_summed, INADDR_ANY)) or die "bind: $!";
            }
            while (defined recv(SOCKET, my $packet, 65535, 0)) {
                my $at = ($is_v6 || $kind eq 'gue' ? 0 : 4 * (ord($packet) & 15)) + ($kind eq 'ipip' ? 0 : 4);
                if ($kind eq 'gre') {
                    next if $is_summed != (unpack('n', substr($packet, $at - 4)) == 0x8000);
                    next if $is_summed && unpack('%32n*', substr($packet, $at - 4) . "\0" x (length($packet) & 1)) % 65535;
                    $at += 4 if $is_summed;
                }
                syswrite($device, substr($packet, $at)) if length($packet) > $at + 20;
            }

            """);
        string name = isV6 ? $"{kind}6" : isSummed ? $"{kind}sum" : kind;
        if (isSummed && kind == "gue")
        {
            // The socket's kernel judges those that have one.
            web.RunChecked(["nft", "table ip summed { chain i { type filter hook input priority 0; udp dport 6081 udp checksum 0 drop; }; }"]);
        }

        web.StartService($"tunnel-{name}", ["perl", "/run/tunnel-end", kind, name, isSummed ? "1" : "0"], "/var/log/tunnel");
        Poll.UntilOrThrow(PointsmanLab.StateLimit, $"device {name}", () => web.Run(["ip", "link", "show", "dev", name, "up"]).Output.Length > 0);
        return name;
    }

    private static string Service(string method) => $$"""
        virtual_server {{ServiceLab.Vip}} 80 {
            delay_loop 1
            lb_algo rr
            lb_kind {{method}}
            protocol TCP
            real_server 192.168.1.130 80 {
                HTTP_GET {
                    url {
                        path /
                        status_code 200
                    }
                    connect_timeout 2
                    retry 0
                }
            }
        }

        """;
}
