using System.Net;
using System.Net.Sockets;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Tests;

/// <summary>On an interface without native XDP the kernel hands over packets that it has put together (GRO).</summary>
public sealed class GenericWireTests
{
    // Such a one is larger than any way, and goes back out of the same interface in pieces: it is not refused.
    [Fact]
    public void SegmentsPutTogether_InTheGenericMode_GoBackOut()
    {
        const int Bytes = 300_000;
        using var pins = new PinDirectory();
        using var wire = new Wire();
        wire.PutTogether("director");
        wire.Serve("server1", 'a', new IPEndPoint(IPAddress.Parse(Wire.Vip), 80));
        NetworkLink director = wire.Link("director", "b0");
        var server = new PlannedServer(
            new TransportEndpoint(IpAddress.Parse("10.77.0.3"), 80),
            ForwardingMethod.DirectRoute,
            Weight: 1,
            IsUp: true,
            IsLocal: false,
            new NextHop(director.Index, director.Mac!.Value, wire.Link("server1").Mac!.Value)) { Mtu = director.Mtu };
        var key = new ServiceKey(TransportProtocol.Tcp, new TransportEndpoint(IpAddress.Parse(Wire.Vip), 80));
        using XdpDataplane plane = wire.In("director", () =>
        {
            XdpDataplane opened = XdpDataplane.Open(new DataplaneOptions { PinDirectory = pins.Path, ConnectionCapacity = 1024 });
            opened.Apply(new ForwardingPlan([new PlannedService(key, SchedulerKind.Rr, null, null, HasLocalServer: false, [server])], [], [director.Index]));
            return opened;
        });
        Assert.Equal(AttachMode.Generic, Assert.Single(plane.Interfaces).Mode);

        (Socket socket, _) = wire.Connect(Wire.Vip);
        socket.NoDelay = false;
        var back = new Thread(() => Drain(socket, Bytes)) { IsBackground = true, Name = "echoes" };
        back.Start();
        socket.Send(new byte[Bytes]);

        Assert.True(back.Join(TimeSpan.FromSeconds(30)), $"the upload stands still, {Told(plane)} were refused");
        Counters totals = Assert.Single(plane.ReadSnapshot().Services).Totals;
        Assert.Equal(0, Told(plane));
        Assert.True(totals.BytesIn / totals.PacketsIn > 1500, $"nothing was put together: {totals}");
        socket.Dispose();
        wire.In("director", () => { plane.Purge(); return 0; });
    }

    private static void Drain(Socket socket, int bytes)
    {
        try
        {
            var buffer = new byte[65536];
            for (int more; bytes > 0 && (more = socket.Receive(buffer)) > 0;)
            {
                bytes -= more;
            }
        }
        catch (SocketException)
        {
            // The connection has ended; what is missing shows in the counts.
        }
    }

    private static long Told(XdpDataplane plane) => plane.ReadSnapshot().Verdicts["too-big-told"];
}
