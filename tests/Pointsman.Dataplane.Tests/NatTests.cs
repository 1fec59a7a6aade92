using System.Buffers.Binary;
using Pointsman.Balance;
using Pointsman.Balance.Connections;
using Pointsman.Balance.Schedulers;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Linux.Bpf;
using ModelFlags = Pointsman.Balance.Connections.TcpFlags;

namespace Pointsman.Dataplane.Tests;

/// <summary>Masquerading: addresses and ports change on the way there and back, and both directions move a connection.</summary>
[Collection(PlaneCollection.Name)]
public sealed class NatTests(SharedPlane shared)
{
    internal const ushort RealPort = 8080;
    private const string OtherVip = "192.0.2.101";
    private readonly TestPlane _plane = shared.Fresh();

    [Fact]
    public void ClientsPacket_GetsTheServersAddressAndPort_ChecksumsStayRight()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, Server(1)));

        Outcome outcome = _plane.Send(new Frame { PayloadBytes = 7, OptionBytes = 8 });

        Assert.Equal("forwarded", outcome.Verdict);
        Assert.Equal(TestPlane.MacOf(1), outcome.TargetMac);
        Assert.Equal("203.0.113.5:40000 -> 10.0.0.1:8080", Way(outcome));
        AssertWhole(outcome, ttl: 63);
    }

    [Fact]
    public void ServersAnswer_GetsTheVirtualAddressAndPort_AndGoesBackToTheClient()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, Server(1)));
        _plane.Send(new Frame());

        Outcome outcome = _plane.Send(Answer(1) with { PayloadBytes = 8 });

        AssertAnswered(outcome, "192.0.2.100:80 -> 203.0.113.5:40000");
        AssertWhole(outcome, ttl: 63);
        Counters counters = _plane.Read().Servers[0].Counters;
        Assert.Equal((1, 1, 40, 1, 48), (counters.Connections, counters.PacketsIn, counters.BytesIn, counters.PacketsOut, counters.BytesOut));
    }

    [Fact]
    public void WhatTheServerSendsByItself_IsLeftAlone()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, Server(1)));
        _plane.Send(new Frame());

        foreach (Frame frame in new[]
        {
            Answer(1) with { TargetPort = 40001 },
            Answer(1) with { Target = "203.0.113.6" },
            Answer(1) with { SourcePort = 22 },
            Answer(2),
            Answer(1) with { Fragment = 5 },
            Answer(2) with { Fragment = 0x2000 },
            Answer(1) with { Protocol = 17 },
        })
        {
            byte[] sent = frame.Build();
            Outcome outcome = _plane.Send(sent);
            Assert.Equal("not-vip", outcome.Verdict);
            Assert.Equal(sent, outcome.Bytes);
        }
    }

    [Fact]
    public void OneServerInTwoServices_EachAnswerFindsItsOwn()
    {
        PlannedService other = TestPlane.Service(SchedulerKind.Rr, Server(1)) with
        {
            Key = new ServiceKey(TransportProtocol.Tcp, new TransportEndpoint(IpAddress.Parse(OtherVip), 443)),
        };
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, Server(1)), other);
        _plane.Send(new Frame { SourcePort = 1000 });
        _plane.Send(new Frame { SourcePort = 2000, Target = OtherVip, TargetPort = 443 });

        AssertAnswered(_plane.Send(Answer(1) with { TargetPort = 1000 }), "192.0.2.100:80 -> 203.0.113.5:1000");
        AssertAnswered(_plane.Send(Answer(1) with { TargetPort = 2000 }), "192.0.2.101:443 -> 203.0.113.5:2000");

        // The first service goes, and with its last connection its place in the chain.
        _plane.Apply(other);
        _plane.ExpireAll();
        _plane.Sweep();
        _plane.Send(new Frame { SourcePort = 3000, Target = OtherVip, TargetPort = 443 });
        AssertAnswered(_plane.Send(Answer(1) with { TargetPort = 3000 }), "192.0.2.101:443 -> 203.0.113.5:3000");
        Assert.Equal("not-vip", _plane.Send(Answer(1) with { TargetPort = 1000 }).Verdict);
    }

    [Fact]
    public void LeaseLapsed_NeitherDirectionIsTranslated()
    {
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _plane.Apply(TestPlane.Leased(Server(1)));
        _plane.Send(new Frame());
        AssertAnswered(_plane.Send(Answer(1)), "192.0.2.100:80 -> 203.0.113.5:40000");

        _plane.Plane.Leases.Release(TestPlane.Lease);

        Assert.Equal("not-armed", _plane.Send(new Frame { Flags = TcpFlags.Ack }).Verdict);
        Assert.Equal("not-armed", _plane.Send(Answer(1)).Verdict);
    }

    [Fact]
    public void TableFull_NewConnectionIsDroppedRatherThanLostOnTheWayBack()
    {
        using var plane = new TestPlane(connectionCapacity: 4);
        plane.Apply(TestPlane.Service(SchedulerKind.Rr, Server(1)));
        for (ushort port = 1; port <= 4; port++)
        {
            plane.Send(new Frame { SourcePort = port });
            plane.Send(new Frame { SourcePort = port, Flags = TcpFlags.Ack });
        }

        Assert.Equal("table-full", plane.Send(new Frame { SourcePort = 5 }).Verdict);
        Assert.Equal("no-connection", plane.Send(new Frame { SourcePort = 5, Flags = TcpFlags.Ack }).Verdict);
        AssertAnswered(plane.Send(Answer(1) with { TargetPort = 4, Flags = TcpFlags.Ack }), "192.0.2.100:80 -> 203.0.113.5:4");
    }

    [Fact]
    public void SpentTtl_IsNotSentOn()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, Server(1)));
        _plane.Send(new Frame());
        Assert.Equal("ttl-expired-told", _plane.Send(new Frame { Ttl = 1 }).Verdict);

        // The stack tells the server, as a router does: it alone knows an address to say it from.
        Frame spent = Answer(1) with { Ttl = 1 };
        Outcome outcome = _plane.Send(spent);
        Assert.Equal(("answer-expired", XdpAction.Pass), (outcome.Verdict, outcome.Action));
        Assert.Equal(spent.Build(), outcome.Bytes);
    }

    [Theory]
    [InlineData(1, SchedulerKind.Rr, false)]
    [InlineData(2, SchedulerKind.Wlc, false)]
    [InlineData(3, SchedulerKind.Sed, false)]
    [InlineData(4, SchedulerKind.Rr, true)]
    [InlineData(5, SchedulerKind.Wlc, true)]
    [InlineData(6, SchedulerKind.Sed, true)]
    public void RandomSegmentsOfBothSides_DataPathAndModel_Agree(int seed, SchedulerKind scheduler, bool isV6)
    {
        const string Client6 = "2001:db8:c::5";
        var random = new Prng((ulong)seed);
        var model = new ServiceModel(scheduler, null, ConnectionTimeouts.Default) { SeesAnswers = true };
        PlannedService service = TestPlane.Service(scheduler, Server(1), Server(2));
        _plane.Apply(isV6 ? TestPlane.Six(service) : service);
        model.AddServer(1, 1);
        model.AddServer(2, 1);
        Frame From(byte server) => isV6
            ? Answer(server) with { Source = $"2001:db8:a::{server}", Target = Client6 }
            : Answer(server);
        Frame clients = isV6 ? new Frame { Source = Client6, Target = TestPlane.Vip6 } : new Frame();
        for (int step = 0; step < 800; step++)
        {
            var key = new FlowKey(IpAddress.Parse(clients.Source), (ushort)(1000 + random.NextInt(6)));
            TcpFlags flags = new[] { TcpFlags.Syn, TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Rst }[random.NextInt(5)];
            TcpEvent segment = TcpStateMachine.EventOf((ModelFlags)flags);
            var server = (byte)(1 + random.NextInt(2));
            bool isAnswer = random.OneIn(2);
            ConnectionOutcome expected = isAnswer
                ? model.OnAnswer(Instant.Zero, key, server, segment)
                : model.OnSegment(Instant.Zero, key, segment);

            Outcome outcome = _plane.Send(isAnswer
                ? From(server) with { TargetPort = key.Port, Flags = flags }
                : clients with { SourcePort = key.Port, Flags = flags });

            string verdict = expected switch
            {
                ConnectionOutcome.Forwarded when isAnswer => "answered",
                ConnectionOutcome.Forwarded forwarded => $"to {forwarded.Server}",
                _ => isAnswer ? "not-vip" : "no-connection",
            };
            Assert.Equal((step, verdict), (step, outcome.Verdict switch
            {
                "answer-forwarded" or "answer-redirected" => "answered",
                "forwarded" => $"to {outcome.Bytes[5]}",
                _ => outcome.Verdict,
            }));
            Assert.Equal(
                (step, model.LoadOf(1), model.LoadOf(2)),
                (step, LoadOf(0), LoadOf(1)));
        }

        foreach (ConnectionEntry entry in _plane.Plane.ReadConnections())
        {
            var key = new FlowKey(entry.Client.Address, entry.Client.Port);
            Assert.Equal(TcpStateMachine.NameOf(model.StateOf(key)!.Value), entry.State);
        }
    }

    internal static PlannedServer Server(byte number) => TestPlane.Server(number) with
    {
        Address = new TransportEndpoint(IpAddress.Parse($"10.0.0.{number}"), RealPort),
        Method = ForwardingMethod.Masquerade,
    };

    private static Frame Answer(byte server) => new()
    {
        SourceMac = TestPlane.MacOf(server),
        Source = $"10.0.0.{server}",
        SourcePort = RealPort,
        Target = "203.0.113.5",
        TargetPort = 40000,
        Flags = TcpFlags.Syn | TcpFlags.Ack,
    };

    private ServerLoad LoadOf(int index) => new(_plane.Loads()[index].Active, _plane.Loads()[index].Inactive);

    internal static void AssertAnswered(Outcome outcome, string way)
    {
        // Where this host would route it, if it is a router; else back to where the client's packet came from.
        Assert.True(outcome.Verdict is "answer-forwarded" or "answer-redirected", outcome.Verdict);
        Assert.Equal(way, Way(outcome));
    }

    internal static void AssertWhole(Outcome outcome, byte ttl)
    {
        ReadOnlySpan<byte> ip = outcome.Bytes.AsSpan(Frame.EthernetBytes);
        int totalBytes = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        Assert.Equal(ttl, ip[8]);
        Assert.Equal(0xffff, Frame.Sum(ip[..((ip[0] & 0xf) * 4)]));
        Assert.Equal(0xffff, Frame.TransportSum(ip[..totalBytes]));
    }

    internal static string Way(Outcome outcome)
    {
        ReadOnlySpan<byte> ip = outcome.Bytes.AsSpan(Frame.EthernetBytes);
        ReadOnlySpan<byte> ports = ip[((ip[0] & 0xf) * 4)..];
        var source = new TransportEndpoint(IpAddress.FromBytes(ip[12..16]), BinaryPrimitives.ReadUInt16BigEndian(ports));
        var target = new TransportEndpoint(IpAddress.FromBytes(ip[16..20]), BinaryPrimitives.ReadUInt16BigEndian(ports[2..]));
        return $"{source} -> {target}";
    }
}
