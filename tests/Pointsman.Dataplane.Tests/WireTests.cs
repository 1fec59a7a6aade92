using System.Net;
using System.Net.Sockets;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Tests;

/// <summary>Real TCP through the director, in native mode on veth.</summary>
public sealed class WireTests
{
    [Fact]
    public void TcpThroughTheDirector_GoesRound_OutlivesTheControlProcess_EndsWithThePurge()
    {
        using var pins = new PinDirectory();
        using var wire = new Wire();
        wire.Serve("server1", 'a');
        wire.Serve("server2", 'b');
        XdpDataplane plane = OpenAndApply(wire, pins);
        Assert.Equal(AttachMode.Native, Assert.Single(plane.Interfaces).Mode);

        (Socket held, _) = wire.Connect();
        Assert.Equal("abab", Pairs(wire, 4));
        ServiceSnapshot service = Assert.Single(plane.ReadSnapshot().Services);
        Assert.Equal(5, service.Totals.Connections);
        Assert.True(plane.ReadSnapshot().Verdicts["forwarded"] >= 15);

        plane.Dispose();
        Assert.Equal("ab", Pairs(wire, 2));
        Assert.Equal('x', Wire.Echo(held, 'x'));

        plane = OpenAndApply(wire, pins);
        Assert.True(plane.Adopted);
        Assert.Equal(AttachMode.Native, Assert.Single(plane.Interfaces).Mode);
        Assert.Equal('y', Wire.Echo(held, 'y'));
        Assert.Equal("ab", Pairs(wire, 2));

        wire.In("director", () => { plane.Purge(); return 0; });
        plane.Dispose();
        var refused = Assert.Throws<SocketException>(() => wire.Connect());
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        held.Dispose();
    }

    // One leg, another port, and a director that is no router: the answers find the client all the same.
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void TcpByNat_PortMapped_AnswersComeBackThroughTheDirector(bool isRouter, bool isV6)
    {
        string network = isV6 ? "fd77::" : "10.77.0.", vip = isV6 ? Wire.Vip6 : Wire.Vip;
        using var pins = new PinDirectory();
        using var wire = new Wire();
        wire.AnswerThroughDirector();
        wire.SetRouter(isRouter);
        wire.Serve("server1", 'a', new IPEndPoint(IPAddress.Parse(network + "3"), 8080));
        wire.Serve("server2", 'b', new IPEndPoint(IPAddress.Parse(network + "4"), 8080));
        XdpDataplane plane = OpenAndApply(wire, pins, ForwardingMethod.Masquerade, 8080, vip);

        (Socket held, _) = wire.Connect(vip);
        Assert.Equal("abab", Pairs(wire, 4, vip));
        Assert.Equal('x', Wire.Echo(held, 'x'));
        ServiceSnapshot service = Assert.Single(plane.ReadSnapshot().Services);
        Assert.Equal(5, service.Totals.Connections);
        Assert.True(service.Totals.PacketsOut >= 15, $"{service.Totals}");
        Assert.Contains(plane.ReadConnections(), entry => entry.State == "ESTABLISHED");

        held.Dispose();
        wire.In("director", () => { plane.Purge(); return 0; });
        plane.Dispose();
    }

    [Fact]
    public void TcpOverIpv6_GoesRound_AndOutlivesTheControlProcess()
    {
        using var pins = new PinDirectory();
        using var wire = new Wire();
        var place = new IPEndPoint(IPAddress.Parse(Wire.Vip6), 80);
        wire.Serve("server1", 'a', place);
        wire.Serve("server2", 'b', place);
        XdpDataplane plane = OpenAndApply(wire, pins, vip: Wire.Vip6);

        (Socket held, _) = wire.Connect(Wire.Vip6);
        Assert.Equal("abab", Pairs(wire, 4, Wire.Vip6));
        ConnectionEntry entry = Assert.Single(plane.ReadConnections(), entry => entry.State == "ESTABLISHED");
        Assert.Equal("fd77::1", entry.Client.Address.ToString());

        plane.Dispose();
        Assert.Equal('x', Wire.Echo(held, 'x'));
        plane = OpenAndApply(wire, pins, vip: Wire.Vip6);
        Assert.Equal('y', Wire.Echo(held, 'y'));
        Assert.Equal("ab", Pairs(wire, 2, Wire.Vip6));

        wire.In("director", () => { plane.Purge(); return 0; });
        plane.Dispose();
        held.Dispose();
    }

    // What fills a frame does not fit into the tunnel: the client must learn so, or the connection would stand still.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TcpByTunnel_LargeSegmentsToo(bool isInnerV6)
    {
        string vip = isInnerV6 ? Wire.Vip6 : Wire.Vip;
        using var pins = new PinDirectory();
        using var wire = new Wire();
        var place = new IPEndPoint(IPAddress.Parse(vip), 80);
        wire.Serve("server1", 'a', place);
        wire.Serve("server2", 'b', place);
        wire.EndTunnels();
        var tunnel = new TunnelEnd(TunnelKind.Gue, IpAddress.Parse("10.77.0.2"), 1500, TunnelExit.Port);
        XdpDataplane plane = OpenAndApply(wire, pins, ForwardingMethod.Tunnel, vip: vip, tunnel: tunnel);

        Assert.Equal("abab", Pairs(wire, 4, vip));
        (Socket held, _) = wire.Connect(vip);
        var sent = new byte[20_000];
        new Random(1).NextBytes(sent);
        held.Send(sent);
        var received = new byte[sent.Length];
        for (int at = 0; at < received.Length;)
        {
            int count = held.Receive(received, at, received.Length - at, SocketFlags.None);
            Assert.True(count > 0, "the connection ended");
            at += count;
        }

        Assert.Equal(sent, received);
        Assert.True(plane.ReadSnapshot().Verdicts["too-big-told"] >= 1);
        held.Dispose();
        wire.In("director", () => { plane.Purge(); return 0; });
        plane.Dispose();
    }

    /// <summary>The servers of so many connections, each two of them sorted: round robin takes both.</summary>
    private static string Pairs(Wire wire, int count, string vip = Wire.Vip)
    {
        var letters = new List<char>();
        for (int i = 0; i < count; i++)
        {
            (Socket socket, char letter) = wire.Connect(vip);
            socket.Dispose();
            letters.Add(letter);
        }

        return string.Concat(letters.Chunk(2).Select(pair => string.Concat(pair.Order())));
    }

    private static XdpDataplane OpenAndApply(
        Wire wire, PinDirectory pins, ForwardingMethod method = ForwardingMethod.DirectRoute, ushort port = 80, string vip = Wire.Vip,
        TunnelEnd? tunnel = null)
    {
        NetworkLink director = wire.Link("director");
        var hops = new[] { "server1", "server2" }.Select(node => wire.Link(node).Mac!.Value).ToArray();
        PlannedServer Server(int i) => new(
            new TransportEndpoint(IpAddress.Parse($"{((tunnel?.Source?.IsV4 ?? vip == Wire.Vip) ? "10.77.0." : "fd77::")}{i + 3}"), port),
            method,
            Weight: 1,
            IsUp: true,
            IsLocal: false,
            new NextHop(director.Index, director.Mac!.Value, hops[i])) { Tunnel = tunnel };
        var key = new ServiceKey(TransportProtocol.Tcp, new TransportEndpoint(IpAddress.Parse(vip), 80));
        var service = new PlannedService(key, SchedulerKind.Rr, null, null, HasLocalServer: false, [Server(0), Server(1)]);
        return wire.In("director", () =>
        {
            XdpDataplane plane = XdpDataplane.Open(new DataplaneOptions { PinDirectory = pins.Path, ConnectionCapacity = 1024 });
            plane.Apply(new ForwardingPlan([service], [], [director.Index]));
            return plane;
        });
    }
}
