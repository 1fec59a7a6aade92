using System.Net;
using System.Net.Sockets;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Tests;

/// <summary>Real TCP with clients and servers on VLANs of the director's one card, and beside them.</summary>
public sealed class VlanWireTests
{
    // Where the client is, where the servers are, and by what: untagged, a VLAN, a VLAN within a VLAN.
    [Theory]
    [InlineData("v0", "v0.100", ForwardingMethod.DirectRoute)]
    [InlineData("v0", "v0.100.7", ForwardingMethod.DirectRoute)]
    [InlineData("v0.200", "v0", ForwardingMethod.DirectRoute)]
    [InlineData("v0.200", "v0.200", ForwardingMethod.DirectRoute)]
    [InlineData("v0.200", "v0.100", ForwardingMethod.DirectRoute)]
    [InlineData("v0.200", "v0.100.7", ForwardingMethod.DirectRoute)]
    [InlineData("v0", "v0.100", ForwardingMethod.Masquerade)]
    [InlineData("v0.200", "v0.100", ForwardingMethod.Masquerade)]
    [InlineData("v0.200", "v0.100.7", ForwardingMethod.Masquerade)]
    [InlineData("v0.200", "v0", ForwardingMethod.Masquerade)]
    public void TcpFromOneToTheOther_GoesRound(string clients, string servers, ForwardingMethod method)
    {
        string network = servers switch
        {
            "v0.100" => "10.78.0.",
            "v0.200" => "10.79.0.",
            "v0.100.7" => "10.80.0.",
            _ => "10.77.0.",
        };
        string vip = clients == "v0" ? Wire.Vip : Wire.VlanVip;
        bool isNat = method == ForwardingMethod.Masquerade;
        using var pins = new PinDirectory();
        using var wire = new Wire();
        wire.AddVlans();
        if (isNat)
        {
            wire.AnswerThrough(network + "2");
        }

        ushort port = isNat ? (ushort)8080 : (ushort)80;
        wire.Serve("server1", 'a', new IPEndPoint(IPAddress.Parse(isNat ? network + "3" : vip), port));
        wire.Serve("server2", 'b', new IPEndPoint(IPAddress.Parse(isNat ? network + "4" : vip), port));
        NetworkLink director = wire.Link("director", servers);
        PlannedServer[] planned = [.. new[] { "server1", "server2" }.Select((node, i) => new PlannedServer(
            new TransportEndpoint(IpAddress.Parse($"{network}{i + 3}"), port),
            method,
            Weight: 1,
            IsUp: true,
            IsLocal: false,
            new NextHop(director.Index, director.Mac!.Value, wire.Link(node, servers).Mac!.Value)))];
        var key = new ServiceKey(TransportProtocol.Tcp, new TransportEndpoint(IpAddress.Parse(vip), 80));
        var service = new PlannedService(key, SchedulerKind.Rr, null, null, HasLocalServer: false, [.. planned]);
        int[] attached = [.. new[] { wire.Link("director", clients).Index, director.Index }.Distinct()];
        using XdpDataplane plane = wire.In("director", () =>
        {
            XdpDataplane opened = XdpDataplane.Open(new DataplaneOptions { PinDirectory = pins.Path, ConnectionCapacity = 1024 });
            // The kernel wants programs from below; the interface below comes last here.
            opened.Apply(new ForwardingPlan([service], [], [attached[0]]));
            opened.Apply(new ForwardingPlan([service], [], [.. attached]));
            return opened;
        });

        var letters = new List<char>();
        for (int i = 0; i < 4; i++)
        {
            (Socket socket, char letter) = wire.Connect(vip);
            letters.Add(letter);
            Assert.Equal('x', Wire.Echo(socket, 'x'));
            socket.Dispose();
        }

        Assert.Equal("aabb", string.Concat(letters.Order()));
        ServiceSnapshot seen = Assert.Single(plane.ReadSnapshot().Services);
        Assert.Equal(4, seen.Totals.Connections);
        Assert.True(!isNat || seen.Totals.PacketsOut >= 12, $"{seen.Totals}");
        wire.In("director", () => { plane.Purge(); return 0; });
    }
}
