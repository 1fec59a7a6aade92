using System.Buffers.Binary;
using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.Dataplane.Tests;

/// <summary>Services of all ports of an address (port 0): what no other service of the address has is theirs.</summary>
[Collection(PlaneCollection.Name)]
public sealed class AllPortsTests(SharedPlane shared)
{
    private const string Client6 = "2001:db8:c::5";
    private const byte Tcp = 6;
    private readonly TestPlane _plane = shared.Fresh();

    [Fact]
    public void AnyPort_GoesToOneServer_AndItsListingSaysWhichPort()
    {
        _plane.Apply(All(TestPlane.Servers(3)));

        foreach (ushort port in (ushort[])[22, 80, 65535])
        {
            var sent = new Frame { TargetPort = port, SourcePort = (ushort)(1000 + (port % 7)) };
            Outcome outcome = _plane.Send(sent);
            Assert.Equal(("forwarded", TestPlane.MacOf(3)), (outcome.Verdict, outcome.TargetMac));
            Assert.Equal((sent with { Ttl = 63 }).Build()[14..], outcome.Bytes[14..]);
            Assert.Equal(TestPlane.MacOf(3), _plane.Send(sent.With(TcpFlags.Ack)).TargetMac);
        }

        Assert.Equal(TestPlane.MacOf(2), _plane.Send(new Frame { Source = "203.0.113.77" }).TargetMac);
        Assert.Equal("not-service", _plane.Send(new Frame { Protocol = Frame.Udp, TargetPort = 53 }).Verdict);
        IReadOnlyList<ConnectionEntry> entries = _plane.Plane.ReadConnections();
        Assert.Equal(
            ["192.0.2.100:22 10.0.0.3:22", "192.0.2.100:65535 10.0.0.3:65535", "192.0.2.100:80 10.0.0.2:80", "192.0.2.100:80 10.0.0.3:80"],
            entries.Where(entry => !entry.IsTemplate).Select(entry => $"{entry.Virtual} {entry.Server}").Order(StringComparer.Ordinal));
        Assert.Equal(
            ["192.0.2.100:0 10.0.0.2:0", "192.0.2.100:0 10.0.0.3:0"],
            entries.Where(entry => entry.IsTemplate).Select(entry => $"{entry.Virtual} {entry.Server}").Order(StringComparer.Ordinal));
        Assert.Equal([0, 1, 1], _plane.Read().Servers.Select(server => server.PersistentConnections));
    }

    [Theory]
    [InlineData(Tcp, TestPlane.Vip)]
    [InlineData(Frame.Udp, TestPlane.Vip)]
    [InlineData(Tcp, TestPlane.Vip6)]
    [InlineData(Frame.Udp, TestPlane.Vip6)]
    public void ServiceOfThePort_ComesFirst_WhicheverIsOlder(byte protocol, string vip)
    {
        bool isV6 = vip == TestPlane.Vip6;
        PlannedService all = As(All(TestPlane.Server(1)), protocol, isV6);
        PlannedService exact = As(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(2)), protocol, isV6);
        var frame = new Frame { Protocol = protocol, Target = vip, Source = isV6 ? Client6 : "203.0.113.5" };

        _plane.Apply(all, exact);

        Assert.Equal(TestPlane.MacOf(2), _plane.Send(frame).TargetMac);
        Assert.Equal(TestPlane.MacOf(1), _plane.Send(frame with { TargetPort = 81 }).TargetMac);

        // A connection that is there stays with its service.
        Frame old = frame with { TargetPort = 443 };
        Assert.Equal(TestPlane.MacOf(1), _plane.Send(old).TargetMac);
        _plane.Apply(all, exact, exact with { Key = exact.Key with { Address = exact.Key.Address with { Port = 443 } } });
        Assert.Equal(TestPlane.MacOf(1), _plane.Send(old.With(TcpFlags.Ack)).TargetMac);
        Assert.Equal(TestPlane.MacOf(2), _plane.Send(old with { SourcePort = 40001 }).TargetMac);
    }

    [Theory]
    [InlineData(Tcp, false)]
    [InlineData(Frame.Udp, false)]
    [InlineData(Tcp, true)]
    [InlineData(Frame.Udp, true)]
    public void Nat_KeepsTheClientsPort_BothWays_ForAnyNumberOfConnections(byte protocol, bool isV6)
    {
        _plane.Apply(As(All(Masquerade(1), Masquerade(2)), protocol, isV6));
        for (ushort i = 0; i < 5; i++)
        {
            var there = new Frame
            {
                Protocol = protocol, Source = isV6 ? Client6 : "203.0.113.5", Target = isV6 ? TestPlane.Vip6 : TestPlane.Vip,
                SourcePort = (ushort)(5000 + i), TargetPort = (ushort)(100 * (i + 1)), PayloadBytes = 7,
            };
            string server = isV6 ? "2001:db8:a::2" : "10.0.0.2";
            Outcome sent = _plane.Send(there);
            Assert.Equal("forwarded", sent.Verdict);
            Assert.Equal((there with { Target = server, Ttl = 63 }).Build()[14..], sent.Bytes[14..]);

            Frame answer = there with { Source = server, SourcePort = there.TargetPort, Target = there.Source, TargetPort = there.SourcePort, Flags = TcpFlags.Syn | TcpFlags.Ack };
            Outcome back = _plane.Send(answer);
            Assert.Contains(back.Verdict, (string[])["answer-unrouted", "answer-passed", "answer-forwarded", "answer-redirected"]);
            int addresses = isV6 ? 22 : 26;
            Assert.Equal((answer with { Source = there.Target }).Build()[addresses..], back.Bytes[addresses..]);
        }

        Assert.Equal((5, 5), (_plane.Read().Totals.PacketsIn, _plane.Read().Totals.PacketsOut));
    }

    // A router on the way of an answer speaks of the port that the client knows; the server's is the same.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nat_ErrorAboutAnAnswer_ReachesTheServer_WithItsPort(bool isV6)
    {
        _plane.Apply(As(All(Masquerade(1)), Tcp, isV6));
        string client = isV6 ? Client6 : "203.0.113.5";
        string vip = isV6 ? TestPlane.Vip6 : TestPlane.Vip;
        _plane.Send(new Frame { Source = client, Target = vip, TargetPort = 8443 });
        var quoted = new Frame { Source = vip, SourcePort = 8443, Target = client, TargetPort = 40000, PaddingBytes = 0 };

        Outcome outcome = _plane.Send(IcmpErrors.About(quoted));

        Assert.Equal("forwarded", outcome.Verdict);
        int portsAt = Frame.EthernetBytes + (isV6 ? 40 + 8 + 40 : 20 + 8 + 20);
        Assert.Equal(8443, BinaryPrimitives.ReadUInt16BigEndian(outcome.Bytes.AsSpan(portsAt)));
    }

    [Fact]
    public void Plan_ReadBack_IsTheSame()
    {
        _plane.Apply(All(TestPlane.Servers(2)), As(All(Masquerade(1)), Frame.Udp, isV6: true), TestPlane.Service(SchedulerKind.Wlc, TestPlane.Server(1)));
        long writes = _plane.Plane.TableWrites;

        _plane.Plane.Apply(_plane.Plane.ReadPlan());

        Assert.Equal(writes, _plane.Plane.TableWrites);
        Assert.Equal(3, _plane.Plane.ReadSnapshot().Services.Length);
    }

    private static PlannedService All(params PlannedServer[] servers)
    {
        PlannedService one = TestPlane.Service(SchedulerKind.Rr, [.. servers.Select(server => server with { Address = server.Address with { Port = 0 } })]);
        return one with { Key = one.Key with { Address = one.Key.Address with { Port = 0 } }, Persistence = TimeSpan.FromMinutes(5) };
    }

    private static PlannedService As(PlannedService service, byte protocol, bool isV6)
    {
        PlannedService shaped = isV6 ? TestPlane.Six(service) : service;
        return shaped with { Key = shaped.Key with { Protocol = (TransportProtocol)protocol } };
    }

    private static PlannedServer Masquerade(byte number) => TestPlane.Server(number) with { Method = ForwardingMethod.Masquerade };
}
