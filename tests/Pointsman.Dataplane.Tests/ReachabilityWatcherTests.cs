using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.NextHops;

namespace Pointsman.Dataplane.Tests;

/// <summary>What is told of a server first: a daemon that takes tables over builds its first plan by it.</summary>
public sealed class ReachabilityWatcherTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private readonly Wire _wire = new();
    private readonly BlockingCollection<Reachability> _told = [];

    // The kernel has forgotten it, and it answers late.
    [Fact]
    public void ServerThatAnswersWithinThePatience_IsNeverToldAsLost()
    {
        Link("down");
        using ReachabilityWatcher watcher = Watch(s_limit);
        Assert.False(_told.TryTake(out Reachability? early, TimeSpan.FromSeconds(1)), $"{early}");
        Link("up");
        Assert.IsType<Reachability.Via>(First());
    }

    [Fact]
    public void ServerThatDoesNot_IsToldAsLost_AndThenAsFound()
    {
        Link("down");
        using ReachabilityWatcher watcher = Watch(TimeSpan.FromMilliseconds(200));
        Assert.IsType<Reachability.Unresolved>(First());
        Link("up");
        Assert.IsType<Reachability.Via>(First());
    }

    [Fact]
    public void NoPatience_NothingIsWaitedFor()
    {
        Link("down");
        using ReachabilityWatcher watcher = Watch(default);
        Assert.IsType<Reachability.Unresolved>(First());
    }

    // How much a tunnel to it takes.
    [Fact]
    public void RouteThatTakesLessThanItsLink_IsToldWithTheWay()
    {
        Link("up");
        using ReachabilityWatcher watcher = Watch(s_limit);
        Assert.Equal(1500, Assert.IsType<Reachability.Via>(First()).Mtu);
        Ip("-n", _wire.NameOf("director"), "route", "add", "10.77.0.3/32", "dev", "v0", "mtu", "1400");
        Assert.Equal(1400, Assert.IsType<Reachability.Via>(First()).Mtu);
    }

    // The packets of tunnels are not the kernel's own, and it heeds what is said of them only for our sake; long before it is asked again.
    [Theory]
    [InlineData(false, 4)]
    [InlineData(false, 41)]
    [InlineData(false, 47)]
    [InlineData(false, 17)]
    [InlineData(true, 4)]
    [InlineData(true, 41)]
    [InlineData(true, 47)]
    [InlineData(true, 17)]
    public void RouterThatTellsOfTooLargePackets_IsHeeded(bool isV6, byte protocol)
    {
        Link("up");
        using ReachabilityWatcher watcher = Watch(s_limit, isV6 ? "fd77::3" : "10.77.0.3");
        Assert.Equal(1500, Assert.IsType<Reachability.Via>(First()).Mtu);
        TellTooBig(isV6, protocol);
        Assert.False(_told.TryTake(out Reachability? unasked, TimeSpan.FromMilliseconds(500)), $"{unasked}");
        watcher.Heed([new OuterProtocol(isV6, protocol)]);
        var waited = Stopwatch.StartNew();
        Reachability? way;
        do
        {
            Assert.True(waited.Elapsed < s_limit, "nothing is told");
            TellTooBig(isV6, protocol);
        }
        while (!_told.TryTake(out way, TimeSpan.FromMilliseconds(100)));
        Assert.Equal(1400, Assert.IsType<Reachability.Via>(way).Mtu);
    }

    public void Dispose()
    {
        _wire.Dispose();
        _told.Dispose();
    }

    private Reachability First()
    {
        Assert.True(_told.TryTake(out Reachability? way, s_limit), "nothing is told");
        return way;
    }

    // As a router would, of a packet from the director to server1.
    private void TellTooBig(bool isV6, byte protocol) => _wire.In("client", () =>
    {
        byte[] header = isV6
            ? [0x60, 0, 0, 0, 0x05, 0xb4, protocol, 64, .. Bytes("fd77::2"), .. Bytes("fd77::3")]
            : [0x45, 0, 0x05, 0xdc, 0, 1, 0x40, 0, 64, protocol, 0, 0, .. Bytes("10.77.0.2"), .. Bytes("10.77.0.3")];
        byte[] message = [isV6 ? (byte)2 : (byte)3, isV6 ? (byte)0 : (byte)4, 0, 0, 0, 0, 0x05, 0x78, .. header, .. new byte[8]];
        if (!isV6)
        {
            Frame.WriteChecksum(message.AsSpan(8, header.Length));
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)~Frame.Sum(message));
        }

        using var socket = new Socket(
            isV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Raw, isV6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp);
        return socket.SendTo(message, new IPEndPoint(IPAddress.Parse(isV6 ? "fd77::2" : "10.77.0.2"), 0));
    });

    private static byte[] Bytes(string address) => IPAddress.Parse(address).GetAddressBytes();

    private ReachabilityWatcher Watch(TimeSpan patience, string server = "10.77.0.3") => _wire.In("director", () =>
    {
        var watcher = new ReachabilityWatcher(
            [IpAddress.Parse(server)],
            ways =>
            {
                foreach ((_, Reachability way) in ways)
                {
                    _told.Add(way);
                }
            },
            broken => _told.Add(new Reachability.Unresolved(broken.ToString())),
            patience);
        watcher.Start();
        return watcher;
    });

    private void Link(string state) => Ip("-n", _wire.NameOf("server1"), "link", "set", "v0", state);

    private static void Ip(params string[] words)
    {
        using Process ip = Process.Start("ip", words);
        ip.WaitForExit();
        Assert.Equal(0, ip.ExitCode);
    }
}
