using System.Net;
using System.Net.Sockets;
using Pointsman.Base;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;
using Pointsman.Wire;
using Xunit;

namespace Pointsman.Linux.Tests;

public sealed class PacketTests
{
    private static readonly IpAddress s_group = IpAddress.Parse("224.0.0.18");

    [Fact]
    public void Listener_PeerSendsVrrp_HearsItOnceWithMacAndHeader()
    {
        using var namespaces = Namespaces.Create();
        int leftIndex = Namespaces.Index(namespaces.Left);
        int rightIndex = Namespaces.Index(namespaces.Right);
        using VrrpListener leftListener = NetworkNamespace.InNamed(namespaces.Left, () => new VrrpListener(leftIndex, IpFamily.V4, [s_group]));
        using VrrpListener rightListener = NetworkNamespace.InNamed(namespaces.Right, () => new VrrpListener(rightIndex, IpFamily.V4, [s_group]));
        using VrrpSender sender = NetworkNamespace.InNamed(namespaces.Left, () => new VrrpSender(leftIndex, IpFamily.V4, [s_group]));
        NetworkLink link = NetworkNamespace.InNamed(
            namespaces.Left,
            () =>
            {
                using var client = new RouteClient();
                return client.FindLink("v0")!;
            });
        byte[] packet = VrrpPacket();

        Assert.True(sender.TrySend(packet, s_group, out int errno));
        Assert.Equal(0, errno);

        var buffer = new byte[1500];
        Assert.True(Wait(rightListener.Descriptor, timeoutMs: 5000));
        Assert.True(rightListener.TryReceive(buffer, out int length, out PacketOrigin origin));
        Assert.Equal(packet.Length, length);
        Assert.Equal(255, buffer[8]);
        Assert.Equal(0xc0, buffer[1]);
        Assert.Equal(packet[20..], buffer[20..length]);
        Assert.Equal(new PacketOrigin(rightIndex, link.Mac!.Value, PacketKind.Multicast), origin);
        Assert.False(rightListener.TryReceive(buffer, out _, out _));
        Assert.False(leftListener.TryReceive(buffer, out _, out _));       // never its own
    }

    [Fact]
    public void ListenerThatHearsItsOwn_IsShownWhatGoesOut_OnceAndMarked()
    {
        using var namespaces = Namespaces.Create();
        int index = Namespaces.Index(namespaces.Left);
        using VrrpListener listener = NetworkNamespace.InNamed(
            namespaces.Left, () => new VrrpListener(index, IpFamily.V4, [s_group], hearsOwn: true));
        using VrrpSender sender = NetworkNamespace.InNamed(namespaces.Left, () => new VrrpSender(index, IpFamily.V4, [s_group]));
        byte[] packet = VrrpPacket();

        Assert.True(sender.TrySend(packet, s_group, out _));

        var buffer = new byte[1500];
        Assert.True(Wait(listener.Descriptor, timeoutMs: 5000));
        Assert.True(listener.TryReceive(buffer, out int length, out PacketOrigin origin));
        Assert.Equal(packet[20..], buffer[20..length]);
        Assert.Equal(PacketKind.Outgoing, origin.Kind);
        Assert.False(listener.TryReceive(buffer, out _, out _));
    }

    [Fact]
    public void Listener_OtherProtocols_AreFilteredOut()
    {
        using var namespaces = Namespaces.Create();
        int rightIndex = Namespaces.Index(namespaces.Right);
        using VrrpListener listener = NetworkNamespace.InNamed(namespaces.Right, () => new VrrpListener(rightIndex, IpFamily.V4, [s_group]));

        using Socket receiver = NetworkNamespace.InNamed(
            namespaces.Right, () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        using Socket sender = NetworkNamespace.InNamed(
            namespaces.Left, () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        receiver.Bind(new IPEndPoint(IPAddress.Any, 4000));
        receiver.ReceiveTimeout = 5000;

        sender.SendTo("hello"u8, new IPEndPoint(IPAddress.Parse("192.0.2.2"), 4000));

        Assert.Equal(5, receiver.Receive(new byte[16]));
        Assert.False(listener.TryReceive(new byte[1500], out _, out _));
    }

    [Fact]
    public void SendAndReceive_Thousand_AllocateNothing()
    {
        using var namespaces = Namespaces.Create();
        int leftIndex = Namespaces.Index(namespaces.Left);
        int rightIndex = Namespaces.Index(namespaces.Right);
        using VrrpListener listener = NetworkNamespace.InNamed(namespaces.Right, () => new VrrpListener(rightIndex, IpFamily.V4, [s_group]));
        using VrrpSender sender = NetworkNamespace.InNamed(namespaces.Left, () => new VrrpSender(leftIndex, IpFamily.V4, [s_group]));
        using var poll = new EventPoll();
        using var timer = new DeadlineTimer();
        poll.Add(listener.Descriptor, 1);
        byte[] packet = VrrpPacket();
        var buffer = new byte[1500];

        long Exchange(int count)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < count; i++)
            {
                timer.Set(MonotonicClock.NowWithSuspend + TimeSpan.FromSeconds(1));
                sender.TrySend(packet, s_group, out _);
                poll.Wait(timeoutMs: 1000);
                poll.Ready(0);
                listener.TryReceive(buffer, out _, out _);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Exchange(10);
        Assert.Equal(0, Exchange(1000));
    }

    [Fact]
    public void GratuitousArp_Sent_TeachesThePeerThatKnowsTheAddress()
    {
        using var namespaces = Namespaces.Create();
        int leftIndex = Namespaces.Index(namespaces.Left);
        int rightIndex = Namespaces.Index(namespaces.Right);
        IpAddress vip = IpAddress.Parse("192.0.2.100");
        Namespaces.Ip($"-n {namespaces.Right} neigh add {vip} lladdr 02:00:00:00:00:99 nud stale dev v0");
        using FrameSender sender = NetworkNamespace.InNamed(namespaces.Left, () => new FrameSender());
        using RouteClient left = NetworkNamespace.InNamed(namespaces.Left, () => new RouteClient());
        using RouteClient right = NetworkNamespace.InNamed(namespaces.Right, () => new RouteClient());
        MacAddress mac = left.FindLink("v0")!.Mac!.Value;
        Span<byte> frame = stackalloc byte[ArpPacket.FrameLengthBytes];
        ArpPacket.Gratuitous(mac, vip).Write(frame);

        Assert.True(sender.TrySend(leftIndex, frame, out _));

        Assert.Equal(mac, right.FindNeighbour(rightIndex, vip)!.Mac);
        Assert.False(sender.TrySend(9999, frame, out int errno));
        Assert.NotEqual(0, errno);
    }

    // A version 2 advert of router 51, priority 100, with its IPv4 header.
    private static byte[] VrrpPacket()
    {
        var packet = new byte[20 + 20];
        new Ipv4Header
        {
            TypeOfService = Ipv4Header.InternetworkControl,
            TotalLengthBytes = packet.Length,
            Identification = 1,
            TimeToLive = 255,
            Protocol = VrrpAdvert.IpProtocol,
            Source = IpAddress.Parse("192.0.2.1"),
            Destination = s_group,
        }.Write(packet);
        new VrrpAdvert
        {
            Version = 2,
            Family = IpFamily.V4,
            VirtualRouterId = 51,
            Priority = 100,
            AdvertInterval = TimeSpan.FromSeconds(1),
            AddressBytes = IpAddress.Parse("192.0.2.100").ToBytes(),
        }.Write(new PacketPath(IpAddress.Parse("192.0.2.1"), s_group), packet.AsSpan(20));
        return packet;
    }

    private static bool Wait(FileDescriptor descriptor, int timeoutMs)
    {
        using var poll = new EventPoll();
        poll.Add(descriptor, 1);
        return poll.Wait(timeoutMs) > 0;
    }
}
