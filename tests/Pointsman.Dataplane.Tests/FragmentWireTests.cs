using System.Net;
using System.Net.Sockets;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Tests;

/// <summary>Datagrams larger than the wire takes, cut by the client's own stack and put together by the server's.</summary>
public sealed class FragmentWireTests
{
    private const int LargeBytes = 4000;

    [Theory]
    [InlineData(ForwardingMethod.DirectRoute, false)]
    [InlineData(ForwardingMethod.DirectRoute, true)]
    [InlineData(ForwardingMethod.Masquerade, false)]
    [InlineData(ForwardingMethod.Masquerade, true)]
    public void LargeDatagrams_ArriveWhole_AndAreAnswered(ForwardingMethod method, bool isV6)
    {
        string network = isV6 ? "fd77::" : "10.77.0.", vip = isV6 ? Wire.Vip6 : Wire.Vip;
        bool isNat = method == ForwardingMethod.Masquerade;
        using var pins = new PinDirectory();
        using var wire = new Wire();
        if (isNat)
        {
            wire.AnswerThroughDirector();
        }

        ushort port = isNat ? (ushort)5353 : (ushort)53;
        using Socket server1 = Serve(wire, "server1", new IPEndPoint(IPAddress.Parse(isNat ? network + "3" : vip), port));
        using Socket server2 = Serve(wire, "server2", new IPEndPoint(IPAddress.Parse(isNat ? network + "4" : vip), port));
        using XdpDataplane plane = OpenAndApply(wire, pins, method, network, vip, port);

        for (int i = 0; i < 4; i++)
        {
            using Socket client = wire.In("client", () => new Socket(server1.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
            client.ReceiveTimeout = 30_000;
            client.Connect(IPAddress.Parse(vip), 53);
            var sent = new byte[LargeBytes];
            new Random(i).NextBytes(sent);
            client.Send(sent);
            var received = new byte[LargeBytes + 1];
            Assert.Equal(LargeBytes, client.Receive(received));
            Assert.Equal(sent, received[..LargeBytes]);
        }

        ServiceSnapshot service = Assert.Single(plane.ReadSnapshot().Services);
        Assert.Equal((4, 12), (service.Totals.Connections, service.Totals.PacketsIn));
        Assert.Equal(isNat ? 12 : 0, service.Totals.PacketsOut);
        Assert.All(service.Servers, server => Assert.Equal(2, server.Counters.Connections));
        Assert.Equal(isNat ? 16 : 8, plane.ReadSnapshot().Verdicts["note-fragment-followed"]);
        wire.In("director", () => { plane.Purge(); return 0; });
    }

    /// <summary>Sends each datagram back to where it came from.</summary>
    private static Socket Serve(Wire wire, string node, IPEndPoint place)
    {
        Socket socket = wire.In(node, () => new Socket(place.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(place);
        new Thread(() =>
        {
            var buffer = new byte[LargeBytes];
            try
            {
                while (true)
                {
                    EndPoint client = new IPEndPoint(place.Address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
                    int count = socket.ReceiveFrom(buffer, ref client);
                    socket.SendTo(buffer.AsSpan(0, count), client);
                }
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                // The wire is being taken down.
            }
        })
        { IsBackground = true, Name = node }.Start();
        return socket;
    }

    private static XdpDataplane OpenAndApply(
        Wire wire, PinDirectory pins, ForwardingMethod method, string network, string vip, ushort port)
    {
        NetworkLink director = wire.Link("director");
        PlannedServer[] servers = [.. new[] { "server1", "server2" }.Select((node, i) => new PlannedServer(
            new TransportEndpoint(IpAddress.Parse($"{network}{i + 3}"), port),
            method,
            Weight: 1,
            IsUp: true,
            IsLocal: false,
            new NextHop(director.Index, director.Mac!.Value, wire.Link(node).Mac!.Value)))];
        var key = new ServiceKey(TransportProtocol.Udp, new TransportEndpoint(IpAddress.Parse(vip), 53));
        var service = new PlannedService(key, SchedulerKind.Rr, null, null, HasLocalServer: false, [.. servers]);
        return wire.In("director", () =>
        {
            XdpDataplane plane = XdpDataplane.Open(new DataplaneOptions { PinDirectory = pins.Path, ConnectionCapacity = 1024 });
            plane.Apply(new ForwardingPlan([service], [], [director.Index]));
            return plane;
        });
    }
}
