using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Linux.Bpf;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// A wire with a client, a director and two real servers on it: four network namespaces, each with a veth (v0) into a
/// bridge in a fifth one. The servers have the VIP on lo and do not answer ARP for it; the director has it on v0. All
/// addresses are there by IPv6, too: fd77:: and the last number.
/// </summary>
internal sealed class Wire : IDisposable
{
    internal const string Vip = "10.77.0.100";
    internal const string Vip6 = "fd77::100";
    internal const string VlanVip = "10.79.0.100";
    private static readonly string[] s_nodes = ["client", "director", "server1", "server2"];
    private static int s_wires;
    private readonly string _stem = $"dataplane-{Environment.ProcessId}-{Interlocked.Increment(ref s_wires)}-";
    private readonly List<Socket> _listeners = [];
    private readonly List<TunnelExit> _exits = [];
    private XdpLink? _farEnd;

    internal Wire()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "network namespaces need root");
        try
        {
            Make();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal string NameOf(string node) => _stem + node;

    internal T In<T>(string node, Func<T> work) => NetworkNamespace.InNamed(NameOf(node), work);

    /// <summary>v0 of a node, or another interface.</summary>
    internal NetworkLink Link(string node, string name = "v0") => In(node, () =>
    {
        using var routes = new RouteClient();
        return routes.FindLink(name) ?? throw new InvalidOperationException($"{node} has no {name}");
    });

    /// <summary>Answers each connection to the VIP with one letter, then sends back what it gets.</summary>
    /// <param name="address">Null: the VIP's own port 80, for direct routing.</param>
    internal void Serve(string node, char letter, IPEndPoint? address = null)
    {
        Socket listener = In(node, () =>
        {
            IPEndPoint place = address ?? new IPEndPoint(IPAddress.Parse(Vip), 80);
            var socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(place);
            socket.Listen(64);
            return socket;
        });
        _listeners.Add(listener);
        new Thread(() => Accept(listener, letter)) { IsBackground = true, Name = node }.Start();
    }

    /// <summary>A connection from the client to the VIP, and the letter of the server that took it.</summary>
    internal (Socket Socket, char Letter) Connect(string vip = Vip)
    {
        var target = new IPEndPoint(IPAddress.Parse(vip), 80);
        Socket socket = In("client", () => new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = 30_000,
            NoDelay = true,
        });
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        socket.ConnectAsync(target, patience.Token).AsTask().GetAwaiter().GetResult();
        return (socket, Receive(socket));
    }

    /// <summary>The servers take packets out of tunnels.</summary>
    internal void EndTunnels() =>
        _exits.AddRange(new[] { "server1", "server2" }.Select(server => In(server, () => new TunnelExit())));

    /// <summary>
    /// Puts the servers behind the director: they answer by way of it, though the client is on the same wire.
    /// </summary>
    internal void AnswerThroughDirector()
    {
        foreach (string server in new[] { "server1", "server2" })
        {
            Run("ip", $"-n {NameOf(server)} addr del {Vip}/32 dev lo");
            Run("ip", $"-n {NameOf(server)} route add 10.77.0.1/32 via 10.77.0.2");
            Run("ip", $"-n {NameOf(server)} addr del {Vip6}/128 dev lo");
            Run("ip", $"-n {NameOf(server)} route add fd77::1/128 via fd77::2");
        }
    }

    /// <summary>
    /// VLANs 100 and 200 on every node's v0, and 7 within 100: 10.78.0., 10.79.0. and 10.80.0. with each node's number.
    /// </summary>
    internal void AddVlans()
    {
        string first = NameOf(s_nodes[0]);
        using (Process process = Process.Start("ip", $"-n {first} link add link v0 name v0.1 type vlan id 1"))
        {
            process.WaitForExit();
            Assert.SkipUnless(process.ExitCode == 0, "this kernel is built without VLANs (8021q)");
        }

        Run("ip", $"-n {first} link del v0.1");
        for (int i = 0; i < s_nodes.Length; i++)
        {
            string node = NameOf(s_nodes[i]);
            AddVlan(node, "v0", 100, $"10.78.0.{i + 1}");
            AddVlan(node, "v0", 200, $"10.79.0.{i + 1}");
            AddVlan(node, "v0.100", 7, $"10.80.0.{i + 1}");
        }

        Run("ip", $"-n {NameOf("director")} addr add {VlanVip}/32 dev v0.200");
        foreach (string server in new[] { "server1", "server2" })
        {
            // The way to the client is not the one its packets come by.
            Run("ip", $"netns exec {NameOf(server)} sh -c \"for at in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 >\\$at; done\"");
            Run("ip", $"-n {NameOf(server)} addr add {VlanVip}/32 dev lo");
        }
    }

    /// <summary>The servers answer clients by way of the director, whose address that is.</summary>
    internal void AnswerThrough(string director)
    {
        foreach (string server in new[] { "server1", "server2" })
        {
            Run("ip", $"-n {NameOf(server)} route add 10.77.0.1/32 via {director}");
            Run("ip", $"-n {NameOf(server)} route add 10.79.0.1/32 via {director}");
        }
    }

    /// <summary>
    /// The node's addresses stand on a bridge (b0) of its own, which has no native XDP, and its kernel makes one large segment of several
    /// that come in, as cards do by default.
    /// </summary>
    internal void PutTogether(string node)
    {
        string name = NameOf(node);
        string mac = Link(node).Mac!.Value.ToString();
        Run("ip", $"-n {name} link add b0 address {mac} type bridge forward_delay 0");
        Run("ip", $"netns exec {name} ethtool -K v0 gro on");
        // A veth does so only with what comes from an end that does not send large segments itself.
        Run("ip", $"netns exec {NameOf("switch")} ethtool -K {node} tso off");
        Run("ip", $"-n {name} addr flush dev v0");
        Run("ip", $"-n {name} link set v0 master b0");
        Run("ip", $"-n {name} link set b0 up");
        Run("ip", $"-n {name} addr add 10.77.0.{Array.IndexOf(s_nodes, node) + 1}/24 dev b0");
        Run("ip", $"-n {name} addr add {Vip}/32 dev b0");
    }

    internal void SetUp(string node, bool isUp) => Run("ip", $"-n {NameOf(node)} link set v0 {(isUp ? "up" : "down")}");

    internal void SetRouter(bool isRouter) => Run(
        "ip", $"netns exec {NameOf("director")} sysctl -qw net.ipv4.ip_forward={(isRouter ? 1 : 0)} net.ipv6.conf.all.forwarding={(isRouter ? 1 : 0)} net.ipv4.conf.all.send_redirects=0");

    internal static char Echo(Socket socket, char letter)
    {
        socket.Send([(byte)letter]);
        return Receive(socket);
    }

    public void Dispose()
    {
        _listeners.ForEach(listener => listener.Dispose());
        _exits.ForEach(exit => exit.Dispose());
        _farEnd?.Dispose();
        foreach (string node in s_nodes.Append("switch"))
        {
            using Process process = Process.Start("ip", $"netns del {NameOf(node)}");
            process.WaitForExit();
        }
    }

    private static char Receive(Socket socket)
    {
        Span<byte> one = stackalloc byte[1];
        Assert.Equal(1, socket.Receive(one));
        return (char)one[0];
    }

    private static void Accept(Socket listener, char letter)
    {
        try
        {
            while (true)
            {
                Socket peer = listener.Accept();
                new Thread(() => EchoUntilClosed(peer, letter)) { IsBackground = true }.Start();
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The wire is being taken down.
        }
    }

    private static void EchoUntilClosed(Socket peer, char letter)
    {
        using (peer)
        {
            try
            {
                peer.Send([(byte)letter]);
                var buffer = new byte[64];
                int count;
                while ((count = peer.Receive(buffer)) > 0)
                {
                    peer.Send(buffer, count, SocketFlags.None);
                }
            }
            catch (SocketException)
            {
                // The client is gone.
            }
        }
    }

    private static void AddVlan(string node, string below, int id, string address)
    {
        string name = $"{below}.{id}";
        Run("ip", $"-n {node} link add link {below} name {name} type vlan id {id}");
        Run("ip", $"netns exec {node} ethtool -K {name} tx off");
        Run("ip", $"-n {node} link set {name} up");
        Run("ip", $"-n {node} addr add {address}/24 dev {name}");
    }

    private static void Run(string program, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {arguments} failed");
    }

    private void Make()
    {
        string wires = NameOf("switch");
        Run("ip", $"netns add {wires}");
        Run("ip", $"-n {wires} link add br0 type bridge forward_delay 0");
        Run("ip", $"-n {wires} link set br0 up");
        for (int i = 0; i < s_nodes.Length; i++)
        {
            string node = NameOf(s_nodes[i]);
            Run("ip", $"netns add {node}");
            Run("ip", $"-n {node} link add v0 type veth peer name {s_nodes[i]} netns {wires}");
            Run("ip", $"-n {wires} link set {s_nodes[i]} master br0 up");
            Run("ip", $"-n {node} link set lo up");
            // Half-made checksums would be lost in XDP; real wires carry whole ones.
            Run("ip", $"netns exec {node} ethtool -K v0 tx off");
            Run("ip", $"-n {node} link set v0 up");
            Run("ip", $"-n {node} addr add 10.77.0.{i + 1}/24 dev v0");
            Run("ip", $"-n {node} addr add fd77::{i + 1}/64 dev v0 nodad");
        }

        Run("ip", $"-n {NameOf("director")} addr add {Vip}/32 dev v0");
        Run("ip", $"-n {NameOf("director")} addr add {Vip6}/128 dev v0 nodad");
        foreach (string server in new[] { "server1", "server2" })
        {
            const string Arp = "/proc/sys/net/ipv4/conf/all/arp_";
            string exec = $"netns exec {NameOf(server)} sh -c";
            Run("ip", $"{exec} \"echo 1 >{Arp}ignore; echo 2 >{Arp}announce\"");
            Run("ip", $"-n {NameOf(server)} addr add {Vip}/32 dev lo");
            Run("ip", $"-n {NameOf(server)} addr add {Vip6}/128 dev lo nodad");
        }

        _farEnd = AttachFarEnd();
    }

    // What XDP sends out of a veth arrives only if there is a program at its other end.
    private XdpLink AttachFarEnd()
    {
        using BpfObject bpf = BpfObject.Open(ObjectImage.Read());
        bpf.Load();
        using BpfProgram pass = bpf.TakeProgram("pm_pass");
        return In("switch", () =>
        {
            using var routes = new RouteClient();
            return XdpLink.Attach(pass, routes.FindLink("director")!.Index, native: true);
        });
    }
}
