using System.Net;
using System.Net.Sockets;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Tests;

/// <summary>Cards of 1500 bytes between ends that send 3000: what is too large gets there all the same, once it was told of.</summary>
public sealed class PathSizeWireTests
{
    private const int Bytes = 200_000;
    private const int DatagramBytes = 2900;

    public static TheoryData<NarrowWay, bool> Ways() => new(
        from way in Enum.GetValues<NarrowWay>() from isV6 in new[] { false, true } select (way, isV6));

    [Theory]
    [MemberData(nameof(Ways))]
    public void Upload_ServersSideIsNarrow_GetsThrough(NarrowWay way, bool isV6)
    {
        using var pins = new PinDirectory();
        using var wire = new NarrowWire(isV6, way, narrow: "v1");
        wire.ServeTcp(way == NarrowWay.Direct ? wire.Vip : wire.Server, Port(way), Bytes);
        using XdpDataplane plane = OpenAndApply(wire, pins, way, TransportProtocol.Tcp);
        Socket client = wire.Client(SocketType.Stream);
        client.Connect(IPAddress.Parse(wire.Vip), 80);
        var sent = new byte[Bytes];
        new Random(1).NextBytes(sent);

        client.Send(sent);

        var sum = new byte[4];
        Assert.Equal(4, client.Receive(sum));
        Assert.Equal(sent.Sum(one => one), BitConverter.ToInt32(sum));
        Assert.InRange(plane.ReadSnapshot().Verdicts["too-big-told"], 1, 100);
        Assert.Contains($"mtu {NarrowWire.Narrow}", wire.Run("client", "ip", "route", "get", wire.Vip), StringComparison.Ordinal);
        wire.In("director", () => { plane.Purge(); return 0; });
    }

    // IPv4: what may be split, too. The first is lost, and tells the client to split the next ones.
    [Theory]
    [MemberData(nameof(Ways))]
    public void Datagrams_ServersSideIsNarrow_ArriveAfterTheFirst(NarrowWay way, bool isV6)
    {
        using var pins = new PinDirectory();
        using var wire = new NarrowWire(isV6, way, narrow: "v1");
        wire.ServeUdp(way == NarrowWay.Direct ? wire.Vip : wire.Server, Port(way));
        using XdpDataplane plane = OpenAndApply(wire, pins, way, TransportProtocol.Udp);
        Socket client = wire.Client(SocketType.Dgram);
        if (!isV6)
        {
            client.DontFragment = false;
        }

        client.Connect(IPAddress.Parse(wire.Vip), 80);
        client.Send(new byte[DatagramBytes]);
        Assert.Throws<SocketException>(() => client.Receive(new byte[4]));
        Assert.Equal(1, plane.ReadSnapshot().Verdicts["too-big-told"]);

        for (int i = 0; i < 3; i++)
        {
            client.Send(new byte[DatagramBytes]);
            var length = new byte[4];
            Assert.Equal(4, client.Receive(length));
            Assert.Equal(DatagramBytes, BitConverter.ToInt32(length));
        }

        Assert.Equal(1, plane.ReadSnapshot().Verdicts["too-big-told"]);
        wire.In("director", () => { plane.Purge(); return 0; });
    }

    // What the server sends goes back through the director: it is told in words of its own addresses.
    [Theory]
    [InlineData(NarrowWay.Nat, false)]
    [InlineData(NarrowWay.Nat, true)]
    [InlineData(NarrowWay.FullNat, false)]
    [InlineData(NarrowWay.FullNat, true)]
    public void Download_ClientsSideIsNarrow_GetsThrough(NarrowWay way, bool isV6)
    {
        using var pins = new PinDirectory();
        using var wire = new NarrowWire(isV6, way, narrow: "v0");
        wire.ServeTcp(wire.Server, Port(way), Bytes);
        using XdpDataplane plane = OpenAndApply(wire, pins, way, TransportProtocol.Tcp);
        Socket client = wire.Client(SocketType.Stream);
        client.Connect(IPAddress.Parse(wire.Vip), 80);

        client.Send([1]);

        var buffer = new byte[Bytes];
        int count = 0;
        for (int more; count < Bytes && (more = client.Receive(buffer)) > 0;)
        {
            count += more;
        }

        Assert.Equal(Bytes, count);
        Assert.InRange(plane.ReadSnapshot().Verdicts["answer-too-big-told"], 1, 100);
        string seen = way == NarrowWay.FullNat ? wire.Local : isV6 ? "fd88:1::1" : "10.88.1.1";
        Assert.Contains($"mtu {NarrowWire.Narrow}", wire.Run("server", "ip", "route", "get", seen), StringComparison.Ordinal);
        wire.In("director", () => { plane.Purge(); return 0; });
    }

    private static ushort Port(NarrowWay way) => way == NarrowWay.Direct ? (ushort)80 : (ushort)8080;

    private static XdpDataplane OpenAndApply(NarrowWire wire, PinDirectory pins, NarrowWay way, TransportProtocol protocol)
    {
        NetworkLink back = wire.Link("director", "v1");
        var server = new PlannedServer(
            new TransportEndpoint(IpAddress.Parse(wire.Server), Port(way)),
            way == NarrowWay.Direct ? ForwardingMethod.DirectRoute : ForwardingMethod.Masquerade,
            Weight: 1,
            IsUp: true,
            IsLocal: false,
            new NextHop(back.Index, back.Mac!.Value, wire.Link("server", "s0").Mac!.Value))
        {
            Mtu = back.Mtu,
        };
        var key = new ServiceKey(protocol, new TransportEndpoint(IpAddress.Parse(wire.Vip), 80));
        var service = new PlannedService(key, SchedulerKind.Rr, null, null, HasLocalServer: false, [server])
        {
            LocalAddresses = way == NarrowWay.FullNat ? [new LocalAddress(IpAddress.Parse(wire.Local), null)] : [],
        };
        return wire.In("director", () =>
        {
            XdpDataplane plane = XdpDataplane.Open(new DataplaneOptions { PinDirectory = pins.Path, ConnectionCapacity = 1024 });
            plane.Apply(new ForwardingPlan([service], [], [wire.Link("director", "v0").Index, back.Index]));
            return plane;
        });
    }
}
