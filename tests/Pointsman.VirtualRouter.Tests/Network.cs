using System.Diagnostics;
using System.Globalization;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Machines (network namespaces) on one switch, each with an eth0 of 10.9.0.x/24; removed when disposed.</summary>
internal sealed class Network : IDisposable
{
    internal const string Vip = "10.9.0.100";

    private static int s_count;

    private readonly string _stem;
    private readonly List<string> _namespaces = [];

    private Network(string stem) => _stem = stem;

    internal static Network Create()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "network namespaces need root");
        var network = new Network($"linuxvr{Environment.ProcessId}n{Interlocked.Increment(ref s_count)}");
        string hub = network.AddNamespace("sw");
        Ip($"-n {hub} link add br0 type bridge mcast_snooping 0 forward_delay 0");
        Ip($"-n {hub} link set br0 up");
        return network;
    }

    /// <summary>The name of a new machine's namespace; its eth0 has 10.9.0.<paramref name="number"/>.</summary>
    internal string AddMachine(int number)
    {
        string name = AddNamespace(number.ToString(CultureInfo.InvariantCulture));
        AddEthernet(name, number);
        return name;
    }

    /// <summary>Plugs in a network card, for a machine that lost its own.</summary>
    internal void AddEthernet(string name, int number)
    {
        Plug(name, "eth0", number);
        Ip($"-n {name} addr add 10.9.0.{number}/24 dev eth0");
        Command("ip", $"netns exec {name} sysctl -qw net.ipv6.conf.eth0.accept_dad=0");
        Ip($"-n {name} addr add 2001:db8:9::{number}/64 dev eth0 nodad");
        Ip($"-n {name} link set eth0 up");
    }

    /// <summary>A cable from a port of the switch to a card of any machine; it has no address and is not up.</summary>
    internal void Plug(string machine, string card, int port)
    {
        string hub = _stem + "sw";
        Ip($"-n {machine} link add {card} type veth peer name p{port} netns {hub}");
        Ip($"-n {hub} link set p{port} master br0 up");
    }

    /// <summary>The switch lets nothing of VRRP pass any more; all else it does.</summary>
    internal void DropAdverts()
    {
        string hub = _stem + "sw";
        Ip($"netns exec {hub} nft add table bridge wall");
        Ip($"netns exec {hub} nft add chain bridge wall between {{ type filter hook forward priority 0; }}");
        Ip($"netns exec {hub} nft add rule bridge wall between ip protocol 112 drop");
        Ip($"netns exec {hub} nft add rule bridge wall between ip6 nexthdr 112 drop");
    }

    /// <summary>The port of the switch where this MAC address was last heard; empty: none.</summary>
    internal string PortOf(string mac) => Command("bridge", $"-n {_stem}sw fdb show br br0")
        .Split('\n').FirstOrDefault(line => line.StartsWith(mac, StringComparison.Ordinal))?.Split(' ')[2] ?? "";

    internal void PassAdverts() => Ip($"netns exec {_stem}sw nft delete table bridge wall");

    internal static string MacOf(string machine) =>
        Command("ip", $"netns exec {machine} cat /sys/class/net/eth0/address").Trim();

    internal static void Ip(string arguments) => Command("ip", arguments);

    /// <summary>It may fail, when another was quicker.</summary>
    internal static void TryIp(string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
    }

    /// <summary>What a client is told who asks for a port nobody serves; nothing at all when nobody answers.</summary>
    internal static string Connect(string machine, string address)
    {
        using Process process = Process.Start(new ProcessStartInfo(
            "ip", ["netns", "exec", machine, "timeout", "5", "bash", "-c", $"exec 3<>/dev/tcp/{address}/9"])
        {
            RedirectStandardError = true,
        })!;
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return said;
    }

    internal static string Command(string program, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {arguments} ended with {process.ExitCode}");
        return output;
    }

    internal static bool HasVip(string machine, string address = Vip) =>
        Command("ip", $"-n {machine} -o addr show").Contains($" {address}/", StringComparison.Ordinal);

    public void Dispose()
    {
        foreach (string name in _namespaces)
        {
            Ip($"netns del {name}");

            // Of a daemon whose instance was the machine's name.
            string run = $"/run/pointsman/{name}";
            if (Directory.Exists(run))
            {
                Directory.Delete(run, recursive: true);
            }
        }
    }

    private string AddNamespace(string suffix)
    {
        string name = _stem + suffix;
        Ip($"netns add {name}");
        _namespaces.Add(name);
        Ip($"-n {name} link set lo up");
        return name;
    }
}
