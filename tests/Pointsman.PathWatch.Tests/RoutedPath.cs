using System.Diagnostics;
using Xunit;

namespace Pointsman.PathWatch.Tests;

/// <summary>Two machines with a router between them, in network namespaces; each end has the address 1 of its network, the router 2.</summary>
internal sealed class RoutedPath : IDisposable
{
    private static int s_count;

    private readonly string _stem;

    private RoutedPath(string stem) => _stem = stem;

    internal string Left => _stem + "l";

    internal string Router => _stem + "r";

    internal string Right => _stem + "x";

    internal static RoutedPath Create()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "network namespaces need root");
        var path = new RoutedPath($"bfd{Environment.ProcessId}n{Interlocked.Increment(ref s_count)}");
        foreach (string name in new[] { path.Left, path.Router, path.Right })
        {
            Ip($"netns add {name}");
            Ip($"-n {name} link set lo up");
            Ip($"netns exec {name} sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
        }

        path.Join(path.Left, "left", network: 1);
        path.Join(path.Right, "right", network: 2);
        return path;
    }

    internal static void Ip(string arguments) => Run("ip", arguments);

    internal static string Run(string program, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {arguments} ended with {process.ExitCode}");
        return said;
    }

    public void Dispose()
    {
        foreach (string name in new[] { Left, Router, Right })
        {
            Ip($"netns del {name}");
        }
    }

    private void Join(string end, string port, int network)
    {
        Ip($"-n {end} link add eth0 type veth peer name {port} netns {Router}");
        Ip($"-n {end} addr add 10.9.{network}.1/24 dev eth0");
        Ip($"-n {end} addr add 2001:db8:{network}::1/64 dev eth0 nodad");
        Ip($"-n {Router} addr add 10.9.{network}.2/24 dev {port}");
        Ip($"-n {Router} addr add 2001:db8:{network}::2/64 dev {port} nodad");
        Ip($"-n {end} link set eth0 up");
        Ip($"-n {Router} link set {port} up");
        Ip($"-n {end} route add default via 10.9.{network}.2");
        Ip($"-n {end} -6 route add default via 2001:db8:{network}::2");
    }
}
