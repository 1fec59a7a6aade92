using System.Buffers.Binary;
using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Balance.Connections;
using Pointsman.Balance.Schedulers;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>UDP: clients are remembered by what they send, and nothing begins or ends a connection.</summary>
[Collection(PlaneCollection.Name)]
public sealed class DatagramTests(SharedPlane shared)
{
    private readonly TestPlane _plane = shared.Fresh();

    [Fact]
    public void DatagramsOfOneClient_GoToOneServer_AndCountAsInactive()
    {
        _plane.Apply(Service([.. TestPlane.Servers(3)]));

        byte first = Send(1000);
        byte second = Send(2000);
        Assert.Equal(first, Send(1000));
        Assert.Equal(first, Send(1000));
        Assert.NotEqual(first, second);
        Assert.Equal([(0, 0), (0, 1), (0, 1)], _plane.Loads().Order());
        Assert.Equal((2, 4, 4 * 33), Totals());
        ConnectionEntry entry = _plane.Plane.ReadConnections().Single(connection => connection.Client.Port == 1000);
        Assert.Equal((TransportProtocol.Udp, "UDP"), (entry.Protocol, entry.State));
        Assert.InRange(entry.ExpiresIn.TotalSeconds, 298, 300);
    }

    [Fact]
    public void ByDirectRouting_OnlyMacsAndTtlChange()
    {
        _plane.Apply(Service(TestPlane.Server(1)));
        Frame frame = Datagram(1000);
        byte[] sent = frame.Build();

        Outcome outcome = _plane.Send(sent);

        Assert.Equal((TestPlane.MacOf(1), TestPlane.Director), (outcome.TargetMac, outcome.SourceMac));
        byte[] expected = (frame with { Ttl = 63, SourceMac = TestPlane.Director, TargetMac = TestPlane.MacOf(1) }).Build();
        Assert.Equal(expected, outcome.Bytes);
    }

    [Fact]
    public void TcpServiceOfTheSameAddressAndPort_IsAnother()
    {
        PlannedService tcp = TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(4)) with
        {
            Key = new ServiceKey(TransportProtocol.Tcp, Key.Address),
        };
        _plane.Apply(Service(TestPlane.Server(1)), tcp);

        Assert.Equal(1, Send(1000));
        Assert.Equal(4, _plane.Send(new Frame { SourcePort = 1000, TargetPort = 53 }).Bytes[5]);
        Assert.Equal(1, Send(1000));
        Assert.Equal(["TCP 192.0.2.100:53", "UDP 192.0.2.100:53"], _plane.Plane.ReadSnapshot().Services.Select(service => service.Key.ToString()));
        _plane.Apply(tcp);
        Assert.Equal("not-service", _plane.Send(Datagram(3000)).Verdict);
    }

    [Fact]
    public void ServerGone_NextDatagramFindsAnother()
    {
        _plane.Apply(Service([.. TestPlane.Servers(2)]));
        byte first = Send(1000);
        _plane.Apply(Service([.. TestPlane.Servers(2).Select(server => server with { IsUp = server.Address.Address.V4Bits % 256 != first })]));

        byte second = Send(1000);

        Assert.NotEqual(first, second);
        Assert.Equal(second, Send(1000));
        Assert.Equal(1, _plane.Plane.ReadSnapshot().Connections);
    }

    [Fact]
    public void QuiescedServer_KeepsItsClients()
    {
        _plane.Apply(Service([.. TestPlane.Servers(2)]));
        byte first = Send(1000);
        _plane.Apply(Service([.. TestPlane.Servers(2).Select(server => server with { Weight = 0 })]));
        Assert.Equal(first, Send(1000));
        Assert.Equal("no-server-refused", _plane.Send(Datagram(2000)).Verdict);
    }

    [Fact]
    public void LeaseLapsed_KnownClientIsNotForwarded()
    {
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _plane.Apply(Service(TestPlane.Server(1)) with { LeaseSlot = TestPlane.Lease });
        Send(1000);
        _plane.Plane.Leases.Release(TestPlane.Lease);
        Assert.Equal("not-armed", _plane.Send(Datagram(1000)).Verdict);
        Assert.Equal("not-armed", _plane.Send(Datagram(2000)).Verdict);
    }

    // The loop of the field: an entry from a former mastership must not send back what the peer forwarded.
    [Fact]
    public void ForwardedByAPeerDirector_IsDeliveredHere_AlsoWithAnEntry()
    {
        PlannedService service = Service(TestPlane.Server(1), TestPlane.Server(2, isLocal: true));
        _plane.Apply(service);
        while (_plane.Send(Datagram(1000)).Verdict != "forwarded")
        {
            _plane.ExpireAll();
        }

        ImmutableArray<PeerDirector> peers = [new(Frame.Mac(TestPlane.MacOf(1)), IpAddress.Parse("10.0.0.1"))];
        _plane.Plane.Apply(TestPlane.Plan(service) with { Peers = peers });
        Assert.Equal("from-peer-director", _plane.Send(Datagram(1000) with { SourceMac = TestPlane.MacOf(1) }).Verdict);
        Assert.Equal("forwarded", _plane.Send(Datagram(1000)).Verdict);
    }

    [Fact]
    public void SetTimeouts_HoldForEveryDatagram()
    {
        _plane.Apply(Service(TestPlane.Server(1)));
        _plane.Plane.SetTimeouts(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(33));
        for (int i = 0; i < 3; i++)
        {
            Send(1000);
            Assert.InRange(Assert.Single(_plane.Plane.ReadConnections()).ExpiresIn.TotalSeconds, 31, 33);
        }
    }

    [Fact]
    public void OnePacketScheduling_EachDatagramByItself_NothingIsRemembered()
    {
        _plane.Apply(Service([.. TestPlane.Servers(3)]) with { Flags = ServiceFlags.OnePacket });
        Assert.Equal(new byte[] { 1, 1, 2, 2, 3, 3 }, Enumerable.Range(0, 6).Select(_ => Send(1000)).Order());
        Assert.Empty(_plane.Plane.ReadConnections());
        Assert.Equal(0, _plane.Plane.ReadSnapshot().Connections);
        Assert.Equal((6, 6, 6 * 33), Totals());
        Assert.Equal(ServiceFlags.OnePacket, _plane.Read().Flags);
    }

    [Fact]
    public void OnePacketScheduling_WithPersistence_KeepsTheClientsServer()
    {
        _plane.Apply(Service([.. TestPlane.Servers(3)]) with { Flags = ServiceFlags.OnePacket, Persistence = TimeSpan.FromSeconds(60) });
        byte first = Send(1000);
        Assert.Equal((first, first, first), (Send(1000), Send(2000), Send(3000)));
        _plane.ExpireAll();
        _plane.Sweep();
        Assert.Empty(_plane.Plane.ReadConnections());
    }

    [Fact]
    public void FullBucket_ClientThatSentOnceGivesWay_OthersDoNot()
    {
        using var plane = new TestPlane(connectionCapacity: 4);
        plane.Apply(Service([.. TestPlane.Servers(2)]));
        for (ushort port = 1; port <= 3; port++)
        {
            plane.Send(Datagram(port));
            plane.Send(Datagram(port));
        }

        plane.Send(Datagram(4));
        plane.Send(Datagram(5));
        ushort[] remembered = [.. plane.Plane.ReadConnections().Select(entry => entry.Client.Port).Order()];
        Assert.Equal([1, 2, 3, 5], remembered);

        plane.Send(Datagram(5));
        long before = plane.Plane.ReadSnapshot().Verdicts["note-table-full-stateless"];
        Assert.Equal("forwarded", plane.Send(Datagram(6)).Verdict);
        Assert.Equal(before + 1, plane.Plane.ReadSnapshot().Verdicts["note-table-full-stateless"]);
    }

    [Fact]
    public void CutShort_IsDropped()
    {
        _plane.Apply(Service(TestPlane.Server(1)));
        byte[] tooLittle = (Datagram(1000) with { PaddingBytes = 0, PayloadBytes = 0 }).Build();
        BinaryPrimitives.WriteUInt16BigEndian(tooLittle.AsSpan(16), 27);
        Frame.WriteChecksum(tooLittle.AsSpan(14, 20));
        Assert.Equal("truncated-udp", _plane.Send(tooLittle).Verdict);
        Assert.Equal("truncated-udp", _plane.Send(tooLittle[..^1]).Verdict);
        byte[] badLength = Datagram(1000).Build();
        badLength[39] = 7;
        Assert.Equal("truncated-udp", _plane.Send(badLength).Verdict);
    }

    [Fact]
    public void ByNat_BothDirectionsAreTranslated_ChecksumsStayRight()
    {
        _plane.Apply(Service(NatServer(1)));

        Outcome there = _plane.Send(Datagram(1000));
        Outcome back = _plane.Send(Answer(1000));

        Assert.Equal("203.0.113.5:1000 -> 10.0.0.1:5353", NatTests.Way(there));
        NatTests.AssertWhole(there, ttl: 63);
        NatTests.AssertAnswered(back, "192.0.2.100:53 -> 203.0.113.5:1000");
        NatTests.AssertWhole(back, ttl: 63);
        Counters counters = _plane.Read().Servers[0].Counters;
        Assert.Equal((1, 1, 1), (counters.Connections, counters.PacketsIn, counters.PacketsOut));
        Assert.Equal("not-vip", _plane.Send(Answer(1001)).Verdict);
        Assert.Equal("not-vip", _plane.Send(Answer(1000) with { Protocol = 6 }).Verdict);
    }

    // RFC 768: zero means none, and a checksum that comes to zero is sent as all ones.
    [Fact]
    public void ByNat_NoChecksum_StaysNone_AndNoneIsMadeByChance()
    {
        _plane.Apply(Service(NatServer(1)));
        Outcome without = _plane.Send(Datagram(1000) with { HasNoChecksum = true });
        Assert.Equal(0, ChecksumOf(without.Bytes));

        for (int port = 1; port < 1 << 16; port++)
        {
            byte[] frame = Datagram((ushort)port).Build();
            var output = new byte[frame.Length];
            _plane.Run(frame, output);
            Assert.NotEqual(0, ChecksumOf(output));
        }
    }

    [Fact]
    public void ByNat_TemplateIsAssuredByAnAnswer()
    {
        _plane.Apply(Service(NatServer(1)) with { Persistence = TimeSpan.FromSeconds(60) });
        _plane.Send(Datagram(1000));
        _plane.Send(Datagram(1000));
        Assert.Equal("NONE", _plane.Plane.ReadConnections().Single(entry => entry.IsTemplate).State);
        _plane.Send(Answer(1000));
        Assert.Equal("ASSURED", _plane.Plane.ReadConnections().Single(entry => entry.IsTemplate).State);
    }

    [Theory]
    [InlineData(1, SchedulerKind.Rr, ServiceFlags.None, false)]
    [InlineData(2, SchedulerKind.Wlc, ServiceFlags.None, false)]
    [InlineData(3, SchedulerKind.Sh, ServiceFlags.Port, false)]
    [InlineData(4, SchedulerKind.Wrr, ServiceFlags.OnePacket, false)]
    [InlineData(5, SchedulerKind.Rr, ServiceFlags.None, true)]
    [InlineData(6, SchedulerKind.Wlc, ServiceFlags.None, true)]
    [InlineData(7, SchedulerKind.Sh, ServiceFlags.Port, true)]
    [InlineData(8, SchedulerKind.Mh, ServiceFlags.Port, true)]
    [InlineData(9, SchedulerKind.Wrr, ServiceFlags.OnePacket, true)]
    public void RandomDatagrams_DataPathAndModel_Agree(int seed, SchedulerKind scheduler, ServiceFlags flags, bool isV6)
    {
        var random = new Prng((ulong)seed);
        PlannedService service = Service([.. Enumerable.Range(1, 3).Select(i => TestPlane.Server((byte)i, weight: i))]) with
        {
            Scheduler = scheduler,
            Flags = flags,
        };
        service = isV6 ? TestPlane.Six(service) : service;
        var model = new ServiceModel(scheduler, null, ConnectionTimeouts.Default, flags, service.Key.Address.Address);
        foreach ((int at, PlannedServer server) in service.Servers.Index())
        {
            model.AddServer(new WeightedServer(at + 1, server.Weight) { Address = server.Address }, default);
        }

        _plane.Apply(service);
        for (int step = 0; step < 500; step++)
        {
            int host = 5 + random.NextInt(3);
            var client = IpAddress.Parse(isV6 ? $"2001:db8:c:{host}::{host}" : $"203.0.113.{host}");
            var key = new FlowKey(client, (ushort)(1000 + random.NextInt(20)));
            var expected = Assert.IsType<ConnectionOutcome.Forwarded>(model.OnDatagram(Instant.Zero, key));
            Outcome outcome = _plane.Send(Datagram(key.Port) with { Source = client.ToString(), Target = service.Key.Address.Address.ToString() });
            Assert.Equal((step, "forwarded", expected.Server), (step, outcome.Verdict, outcome.Bytes[5]));
            Assert.Equal((step, model.ConnectionCount), (step, _plane.Plane.ReadSnapshot().Connections));
        }
    }

    [Fact]
    public void OnePacketByNat_IsRefused()
    {
        PlannedService service = Service(NatServer(1)) with { Flags = ServiceFlags.OnePacket };
        Assert.Contains("ops", Assert.Throws<DataplaneException>(() => _plane.Apply(service)).Message, StringComparison.Ordinal);
    }

    private static ServiceKey Key { get; } =
        new(TransportProtocol.Udp, new TransportEndpoint(IpAddress.Parse(TestPlane.Vip), 53));

    private static PlannedService Service(params ImmutableArray<PlannedServer> servers) =>
        TestPlane.Service(SchedulerKind.Rr, [.. servers.Select(server => server.Method == ForwardingMethod.Masquerade
            ? server
            : server with { Address = server.Address with { Port = 53 } })]) with { Key = Key };

    private static PlannedServer NatServer(byte number) => NatTests.Server(number) with
    {
        Address = new TransportEndpoint(IpAddress.Parse($"10.0.0.{number}"), 5353),
    };

    private static Frame Datagram(ushort port) => new()
    {
        Protocol = Frame.Udp,
        SourcePort = port,
        TargetPort = 53,
        PayloadBytes = 5,
        PaddingBytes = 13,
    };

    private static Frame Answer(ushort port) => new()
    {
        Protocol = Frame.Udp,
        SourceMac = TestPlane.MacOf(1),
        Source = "10.0.0.1",
        SourcePort = 5353,
        Target = "203.0.113.5",
        TargetPort = port,
        PayloadBytes = 9,
    };

    private static int ChecksumOf(byte[] frame) => BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(40));

    private byte Send(ushort port)
    {
        Outcome outcome = _plane.Send(Datagram(port));
        Assert.Equal("forwarded", outcome.Verdict);
        return outcome.Bytes[5];
    }

    private (long Connections, long Packets, long Bytes) Totals()
    {
        Counters totals = _plane.Read().Totals;
        return (totals.Connections, totals.PacketsIn, totals.BytesIn);
    }
}
