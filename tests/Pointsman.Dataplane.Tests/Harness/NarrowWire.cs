using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Linux.Bpf;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// A client, a director with a card to either side and one real server, each a network namespace; what the cards of the director
/// take differs from what the ends could send. By direct routing the server's answers go by a link of their own.
/// </summary>
internal sealed class NarrowWire : IDisposable
{
    internal const int Wide = 3000; // veth does native XDP up to about 3500
    internal const int Narrow = 1500;
    private static readonly string[] s_nodes = ["client", "director", "server"];
    private static int s_wires;
    private readonly string _stem = $"narrow-{Environment.ProcessId}-{Interlocked.Increment(ref s_wires)}-";
    private readonly bool _isV6;
    private readonly List<XdpLink> _farEnds = [];
    private readonly List<Socket> _sockets = [];

    /// <param name="narrow">Which card of the director takes no more than <see cref="Narrow"/>: v0, towards clients, or v1.</param>
    internal NarrowWire(bool isV6, NarrowWay way, string narrow)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "network namespaces need root");
        _isV6 = isV6;
        try
        {
            Make(way, narrow);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal string Vip => At(1, 100);

    internal string Local => At(2, 50);

    internal string Server => At(2, 3);

    internal T In<T>(string node, Func<T> work) => NetworkNamespace.InNamed(_stem + node, work);

    internal NetworkLink Link(string node, string name) => In(node, () =>
    {
        using var routes = new RouteClient();
        return routes.FindLink(name) ?? throw new InvalidOperationException($"{node} has no {name}");
    });

    /// <summary>The server tells a client that has sent so many bytes how many there were, and their sum; one that sends no more than a byte gets so many.</summary>
    internal void ServeTcp(string address, ushort port, int bytes) => Serve(address, port, SocketType.Stream, listener =>
    {
        listener.Listen();
        while (true)
        {
            using Socket peer = listener.Accept();
            var buffer = new byte[65536];
            int count = 0, sum = 0;
            for (int more; count < bytes && (more = peer.Receive(buffer)) > 0; count += more)
            {
                sum += buffer.AsSpan(0, more).ToArray().Sum(one => one);
                if (count + more == 1)
                {
                    peer.Send(new byte[bytes]);
                }
            }

            peer.Send(BitConverter.GetBytes(sum));
        }
    });

    /// <summary>Each datagram is answered by its length.</summary>
    internal void ServeUdp(string address, ushort port) => Serve(address, port, SocketType.Dgram, socket =>
    {
        var buffer = new byte[65536];
        while (true)
        {
            EndPoint client = new IPEndPoint(_isV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
            int count = socket.ReceiveFrom(buffer, ref client);
            socket.SendTo(BitConverter.GetBytes(count), client);
        }
    });

    internal Socket Client(SocketType type)
    {
        Socket socket = In("client", () => new Socket(
            _isV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp));
        _sockets.Add(socket);
        socket.ReceiveTimeout = type == SocketType.Stream ? 20_000 : 1_000;
        socket.SendTimeout = 20_000;
        return socket;
    }

    internal string Run(string node, params string[] command)
    {
        var start = new ProcessStartInfo("ip", ["netns", "exec", _stem + node, .. command]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{node}: {string.Join(' ', command)} failed");
        return output;
    }

    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _farEnds.ForEach(link => link.Dispose());
        foreach (string node in s_nodes)
        {
            using Process process = Process.Start("ip", ["netns", "del", _stem + node]);
            process.WaitForExit();
        }
    }

    private string At(int network, int host) => _isV6 ? $"fd88:{network}::{host}" : $"10.88.{network}.{host}";

    private void Serve(string address, ushort port, SocketType type, Action<Socket> work)
    {
        var place = new IPEndPoint(IPAddress.Parse(address), port);
        Socket socket = In("server", () => new Socket(place.AddressFamily, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp));
        _sockets.Add(socket);
        socket.Bind(place);
        new Thread(() =>
        {
            try
            {
                work(socket);
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                // The wire is being taken down.
            }
        })
        { IsBackground = true, Name = "server" }.Start();
    }

    private void Make(NarrowWay way, string narrow)
    {
        foreach (string node in s_nodes)
        {
            using Process process = Process.Start("ip", ["netns", "add", _stem + node]);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            Run(node, "ip", "link", "set", "lo", "up");
            Run(node, "sh", "-c", "for at in all default; do echo 0 > /proc/sys/net/ipv4/conf/$at/rp_filter; done");
        }

        AddPair(1, ("director", "v0", 2), ("client", "c0", 1));
        AddPair(2, ("director", "v1", 2), ("server", "s0", 3));
        AddPair(3, ("client", "c1", 1), ("server", "s1", 3));
        Run("director", "ip", "link", "set", narrow, "mtu", $"{Narrow}");
        Add("director", "v0", Vip);
        Add("director", "v1", Local);
        Run("director", "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.all.send_redirects=0");
        // The ends do not know that the director's card takes less: they say that they take large segments, and send none into it.
        string[] knows = ["mtu", $"{Narrow}", "advmss", $"{Wide - 80}"];
        if (narrow == "v0")
        {
            Run("client", ["ip", "route", "add", $"{Vip}/{(_isV6 ? 128 : 32)}", "dev", "c0", .. knows]);
        }

        if (way == NarrowWay.Direct)
        {
            Add("server", "lo", Vip);
            Run("server", "ip", "route", "add", At(1, 1), "via", At(3, 1));
        }
        else
        {
            Run("server", ["ip", "route", "add", At(1, 1), "via", At(2, 2), .. narrow == "v1" ? knows : []]);
            Run("server", ["ip", "route", "add", $"{Local}/{(_isV6 ? 128 : 32)}", "dev", "s0", .. narrow == "v1" ? knows : []]);
        }
    }

    private void Add(string node, string device, string address) =>
        Run(node, ["ip", "addr", "add", $"{address}/{(_isV6 ? 128 : 32)}", "dev", device, .. _isV6 ? ["nodad"] : Array.Empty<string>()]);

    // What XDP sends out of a veth arrives only if there is a program at its other end; and it wants checksums that are whole.
    private void AddPair(int network, params ReadOnlySpan<(string Node, string Device, int Host)> ends)
    {
        Run(ends[0].Node, "ip", "link", "add", ends[0].Device, "type", "veth", "peer", "name", ends[1].Device, "netns", _stem + ends[1].Node);
        foreach ((string node, string device, int host) in ends)
        {
            Run(node, "ethtool", "-K", device, "tx", "off");
            Run(node, "ip", "link", "set", device, "mtu", $"{Wide}", "up");
            Run(node, ["ip", "addr", "add", $"{At(network, host)}/{(_isV6 ? 64 : 24)}", "dev", device, .. _isV6 ? ["nodad"] : Array.Empty<string>()]);
        }

        if (ends[0].Node != "director")
        {
            return;
        }

        using BpfObject bpf = BpfObject.Open(ObjectImage.Read());
        bpf.Load();
        using BpfProgram pass = bpf.TakeProgram("pm_pass");
        (string farNode, string farDevice, _) = ends[1];
        int index = Link(farNode, farDevice).Index;
        _farEnds.Add(In(farNode, () => XdpLink.Attach(pass, index, native: true)));
    }
}
