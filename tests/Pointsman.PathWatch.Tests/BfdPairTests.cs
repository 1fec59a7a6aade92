using System.Diagnostics;
using Pointsman.PathWatch.Messages;
using Xunit;

namespace Pointsman.PathWatch.Tests;

/// <summary>Sessions over real sockets: each family, one hop and several, with ourselves and with keepalived.</summary>
public sealed class BfdPairTests
{
    private const string Keepalived = "/usr/sbin/keepalived";

    [Theory]
    [InlineData("10.9.1.1", "10.9.1.2")]
    [InlineData("2001:db8:1::1", "2001:db8:1::2")]
    public void TwoOfUs_OverEachFamily_SessionComesUpAndItsLossIsTold(string left, string router)
    {
        using RoutedPath path = RoutedPath.Create();
        using var here = new Watcher(path.Left, Watcher.Path50(router));
        using var there = new Watcher(path.Router, Watcher.Path50(left) with { IsPassive = true });
        here.ExpectTurn(isUp: true);
        there.ExpectTurn(isUp: true);

        int since = here.Count;
        RoutedPath.Ip($"-n {path.Router} link set left down");
        Assert.Contains("nothing heard for the detection time", here.ExpectTurn(isUp: false, since), StringComparison.Ordinal);

        since = here.Count;
        RoutedPath.Ip($"-n {path.Router} link set left up");
        RoutedPath.Ip($"-n {path.Router} addr replace 2001:db8:1::2/64 dev left nodad");
        here.ExpectTurn(isUp: true, since);
    }

    [Theory]
    [InlineData("10.9.1.1", "10.9.2.1")]
    [InlineData("2001:db8:1::1", "2001:db8:2::1")]
    public void Multihop_OverARouter_ComesUp_AndWithoutTheSettingItDoesNot(string left, string right)
    {
        using RoutedPath path = RoutedPath.Create();
        using (var here = new Watcher(path.Left, Far(left, right, maxHops: 1)))
        using (var there = new Watcher(path.Right, Far(right, left, maxHops: 1)))
        {
            here.ExpectTurn(isUp: true);
            there.ExpectTurn(isUp: true);
        }

        // One router is one too many for who allows none: it hears, and does not believe.
        using var strict = new Watcher(path.Left, Far(left, right, maxHops: 0));
        using var other = new Watcher(path.Right, Far(right, left, maxHops: 1));
        strict.Expect<WatchEvent.SnapshotTaken>(taken => taken.Paths is [{ Discarded.Count: > 0, State: "down" }]);
        strict.ExpectTurn(isUp: false);
    }

    // Nobody answers: it speaks at the idle pace, which is not faster than once a second whatever is asked for (RFC 5880 6.8.3).
    [Theory]
    [InlineData(1000, 1)]
    [InlineData(3000, 3)]
    public void NeighbourIsSilent_SpeaksAtTheIdlePace(double idleTxMs, double seconds)
    {
        using RoutedPath path = RoutedPath.Create();
        using Process dump = Process.Start(new ProcessStartInfo(
            "ip", ["netns", "exec", path.Router, "timeout", "30", "tcpdump", "-tt", "-n", "-l", "--immediate-mode", "-c", "4", "-i", "left", "udp port 3784"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        Assert.Contains("listening on", dump.StandardError.ReadLine() + dump.StandardError.ReadLine(), StringComparison.Ordinal);
        using var here = new Watcher(path.Left, Watcher.Path50("10.9.1.2") with { IdleTxMs = idleTxMs });

        double[] times =
        [
            .. dump.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => double.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(4, times.Length);

        // Each is up to a quarter early (RFC 5880 6.8.7), and a busy machine may be late.
        double mean = (times[^1] - times[0]) / (times.Length - 1);
        Assert.InRange(mean, 0.7 * seconds, 1.2 * seconds);
    }

    // Of one hop: keepalived 2.2.7 does not know `multihop`. Over IPv6 its packets do not come with hop limit 255, and are believed
    // by who asks for no number of hops.
    [Theory]
    [InlineData("10.9.1.1", "10.9.1.2", 0)]
    [InlineData("2001:db8:1::1", "2001:db8:1::2", -1)]
    public void KeepalivedIsTheNeighbour_SessionComesUp_ItsEndIsTold(string left, string neighbor, int maxHops)
    {
        Assert.SkipUnless(File.Exists(Keepalived), "keepalived is not installed");
        using RoutedPath path = RoutedPath.Create();
        string folder = Directory.CreateTempSubdirectory("bfd-ka-").FullName;
        string file = Path.Combine(folder, "keepalived.conf");
        File.WriteAllText(
            file, $"bfd_instance us {{\nneighbor_ip {left}\nsource_ip {neighbor}\nmin_rx 50\nmin_tx 50\nmultiplier 5\n}}\n");
        using Process theirs = Process.Start(new ProcessStartInfo("ip",
        [
            "netns", "exec", path.Router, Keepalived, "-n", "-l", "-f", file, "-p", Path.Combine(folder, "pid"),
        ])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        try
        {
            theirs.OutputDataReceived += (_, _) => { };
            theirs.ErrorDataReceived += (_, _) => { };
            theirs.BeginOutputReadLine();
            theirs.BeginErrorReadLine();
            using var here = new Watcher(path.Left, Watcher.Path50(neighbor) with { MaxHops = maxHops });
            here.ExpectTurn(isUp: true);
            int since = here.Count;
            RoutedPath.Run("kill", $"{theirs.Id}");
            here.ExpectTurn(isUp: false, since);
        }
        finally
        {
            theirs.Kill(entireProcessTree: true);
            theirs.WaitForExit();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static WatchedPath Far(string from, string to, int maxHops) =>
        Watcher.Path50(to) with { Source = from, IsMultihop = true, MaxHops = maxHops };
}
