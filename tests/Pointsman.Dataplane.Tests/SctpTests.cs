using Pointsman.Balance;
using Pointsman.Balance.Connections;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>SCTP by each method and family: where it goes, its checksum, its states, and what begins an association.</summary>
[Collection(PlaneCollection.Name)]
public sealed class SctpTests(SharedPlane shared)
{
    private const string Client6 = "2001:db8:c::5";
    private readonly TestPlane _plane = shared.Fresh();

    public static TheoryData<bool, int, int> Shapes()
    {
        var shapes = new TheoryData<bool, int, int>();
        foreach (bool isV6 in new[] { false, true })
        {
            foreach (ushort realPort in new[] { 80, 3868 })
            {
                foreach (int payload in new[] { 0, 4, 235, 236, 237, 238, 1000, 1444, 3000 })
                {
                    shapes.Add(isV6, realPort, payload);
                }
            }
        }

        return shapes;
    }

    // Beside the frame that the same sender would have made for the server, checksum and all.
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Nat_BothWays_FrameIsAsIfMadeForThatPort(bool isV6, int realPort, int payload)
    {
        Apply(isV6, Nat(1, (ushort)realPort));
        Frame packet = Packet(isV6) with { PayloadBytes = payload };

        Outcome there = _plane.Send(packet);
        Assert.Equal(("forwarded", TestPlane.MacOf(1)), (there.Verdict, there.TargetMac));
        Assert.Equal(
            (packet with { Target = RealAddress(isV6), TargetPort = (ushort)realPort, Ttl = 63 }).Build()[14..], there.Bytes[14..]);

        Frame answer = Answer(isV6, (ushort)realPort) with { PayloadBytes = payload };
        Outcome back = _plane.Send(answer);
        Assert.True(back.Verdict is "answer-forwarded" or "answer-redirected", back.Verdict);
        Assert.Equal(
            (answer with { Source = packet.Target, SourcePort = 80, Ttl = 63 }).Build()[14..], back.Bytes[14..]);
        Counters counters = _plane.Read().Servers[0].Counters;
        Assert.Equal((1, 1, 1), (counters.Connections, counters.PacketsIn, counters.PacketsOut));
    }

    [Fact]
    public void Nat_AnyPortAndLength_ChecksumStaysRight()
    {
        var random = new Prng(11);
        for (int round = 0; round < 20; round++)
        {
            var realPort = (ushort)(1 + random.NextInt(65535));
            Apply(isV6: false, Nat(1, realPort));
            for (int i = 0; i < 20; i++)
            {
                Frame packet = Packet(isV6: false) with
                {
                    SourcePort = (ushort)random.NextInt(65536),
                    PayloadBytes = random.NextInt(3000),
                    OptionBytes = 4 * random.NextInt(3),
                };
                byte[] sent = packet.Build();
                var output = new byte[sent.Length];
                _plane.Run(sent, output);
                Assert.Equal((packet with { Target = "10.0.0.1", TargetPort = realPort, Ttl = 63 }).Build()[14..], output[14..]);
            }
        }
    }

    // As a sender with checksum offload leaves it: what is not mapped must not be touched.
    [Theory]
    [InlineData(80, true)]
    [InlineData(3868, false)]
    public void Nat_WithoutMappedPort_LeavesTheChecksumAsItCame(int realPort, bool isLeft)
    {
        Apply(isV6: false, Nat(1, (ushort)realPort));
        byte[] sent = Packet(isV6: false).Build();
        sent.AsSpan(14 + 20 + 8, 4).Clear();

        Outcome outcome = _plane.Send(sent);

        Assert.Equal(isLeft, BitConverter.ToUInt32(outcome.Bytes, 14 + 20 + 8) == 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DirectRouting_OnlyTheFrameAndTheTtlChange(bool isV6)
    {
        Apply(isV6, TestPlane.Server(1));
        Frame packet = Packet(isV6) with { PayloadBytes = 33 };
        foreach (byte chunk in new byte[] { 1, 10, 0, 7 })
        {
            Outcome outcome = _plane.Send(packet with { Chunk = chunk });
            Assert.Equal(("forwarded", TestPlane.MacOf(1)), (outcome.Verdict, outcome.TargetMac));
            Assert.Equal((packet with { Chunk = chunk, Ttl = 63 }).Build()[14..], outcome.Bytes[14..]);
        }

        ConnectionEntry entry = Assert.Single(_plane.Plane.ReadConnections());
        Assert.Equal((TransportProtocol.Sctp, "S-RECEIVED"), (entry.Protocol, entry.State));
        Assert.Equal((0, 1), Assert.Single(_plane.Loads()));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Tunnel_PacketGoesWhole(bool isInnerV6, bool isOuterV6)
    {
        var address = IpAddress.Parse(isOuterV6 ? "2001:db8:a::1" : "10.0.0.1");
        var source = IpAddress.Parse(isOuterV6 ? "2001:db8:a::200" : "10.0.0.200");
        Apply(isInnerV6, TestPlane.Server(1) with
        {
            Address = new TransportEndpoint(address, 80),
            Method = ForwardingMethod.Tunnel,
            Tunnel = new TunnelEnd(TunnelKind.Ipip, source, Mtu: 1500),
        }, asIs: true);
        Frame packet = Packet(isInnerV6) with { PayloadBytes = 40, PaddingBytes = 0 };
        byte[] frame = packet.Build();
        var output = new byte[frame.Length + 40];

        Assert.Equal(Pointsman.Linux.Bpf.XdpAction.Tx, _plane.Run(frame, output).Action);

        byte[] inner = (packet with { Ttl = 63 }).Build()[14..];
        int outerBytes = isOuterV6 ? 40 : 20;
        Assert.Equal(inner, output.AsSpan(14 + outerBytes, inner.Length).ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(10)]
    [InlineData(255)]
    public void OnlyAnInit_BeginsAnAssociation(byte chunk)
    {
        Apply(isV6: false, TestPlane.Server(1));
        Assert.Equal("no-connection", _plane.Send(Packet(isV6: false) with { Chunk = chunk }).Verdict);
        Assert.Empty(_plane.Plane.ReadConnections());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PacketWithoutAChunk_IsDropped(bool isV6)
    {
        Apply(isV6, TestPlane.Server(1));
        byte[] whole = (Packet(isV6) with { PaddingBytes = 0 }).Build();
        byte[] cut = whole[..^1];
        cut[isV6 ? 19 : 17]--;
        if (!isV6)
        {
            Frame.WriteChecksum(cut.AsSpan(14, 20));
        }

        Assert.Equal("truncated-sctp", _plane.Send(cut).Verdict);
        Assert.Equal("forwarded", _plane.Send(whole).Verdict);
    }

    // The checksum is over all fragments, and only the first is at hand.
    [Theory]
    [InlineData(80, "forwarded")]
    [InlineData(3868, "sctp-split")]
    public void Nat_Fragments_GoOnlyWhereThePortStays(int realPort, string verdict)
    {
        Apply(isV6: false, Nat(1, (ushort)realPort));
        Assert.Equal(verdict, _plane.Send(Packet(isV6: false) with { PayloadBytes = 64, Fragment = 0x2000 }).Verdict);
    }

    [Theory]
    [InlineData(10, 6, "CLOSED")]
    [InlineData(10, 0, "ESTABLISHED")]
    [InlineData(11, 6, "CLOSED")]
    public void AbortBehindACookie_IsSeen(byte chunk, byte next, string state)
    {
        Apply(isV6: false, TestPlane.Server(1));
        _plane.Send(Packet(isV6: false));
        _plane.Send(Packet(isV6: false) with { Chunk = 10, PayloadBytes = 8 });
        Assert.Equal("ESTABLISHED", State());

        _plane.Send(Packet(isV6: false) with { Chunk = chunk, PayloadBytes = 203 + 1 + 4, NextChunk = next });

        Assert.Equal(state, State());
    }

    [Fact]
    public void InitOnAClosedAssociation_IsScheduledAnew_OnAnOpenOneNot()
    {
        Apply(isV6: false, TestPlane.Server(1), TestPlane.Server(2));
        string first = _plane.Send(Packet(isV6: false)).TargetMac;
        _plane.Send(Packet(isV6: false) with { Chunk = 10 });
        Assert.Equal(first, _plane.Send(Packet(isV6: false)).TargetMac);

        _plane.Send(Packet(isV6: false) with { Chunk = 6 });
        Assert.NotEqual(first, _plane.Send(Packet(isV6: false)).TargetMac);
        Assert.Equal("INIT1", State());
    }

    [Fact]
    public void IcmpErrorAboutAnAnswer_GoesToItsServer()
    {
        Apply(isV6: false, TestPlane.Server(1), TestPlane.Server(2));
        string server = _plane.Send(Packet(isV6: false)).TargetMac;
        byte[] quoted = (Answer(isV6: false, 80) with { Source = TestPlane.Vip, PaddingBytes = 0 }).Build()[14..];
        byte[] frame = (Packet(isV6: false) with { Protocol = 1, PayloadBytes = quoted.Length - 12, PaddingBytes = 0 }).Build();
        byte[] icmp = [3, 4, 0, 0, 0, 0, 5, 0, .. quoted];
        icmp.CopyTo(frame.AsSpan(34));

        Outcome outcome = _plane.Send(frame);

        Assert.Equal(("forwarded", server), (outcome.Verdict, outcome.TargetMac));
    }

    public static TheoryData<SctpState, byte> Moves()
    {
        var moves = new TheoryData<SctpState, byte>();
        foreach (SctpState state in Enum.GetValues<SctpState>())
        {
            for (byte chunk = 0; chunk < 17; chunk++)
            {
                moves.Add(state, chunk);
            }
        }

        return moves;
    }

    [Theory]
    [MemberData(nameof(Moves))]
    public void AnyChunkInAnyState_ByBothSides_MovesAndLastsAsTheModelSays(SctpState state, byte chunk)
    {
        SctpEvent moved = SctpStateMachine.EventOf(chunk);
        bool isNew = moved == SctpEvent.Init && SctpStateMachine.IsOver(state);
        SctpState Expected(TcpView view) => SctpStateMachine.Next(isNew ? SctpState.None : state, moved, view);

        Apply(isV6: false, TestPlane.Server(1));
        Begin(state);
        _plane.Send(Packet(isV6: false) with { Chunk = chunk });
        AssertIs(Expected(TcpView.InputOnly));

        Apply(isV6: false, Nat(1, 3868));
        _plane.ExpireAll();
        _plane.Sweep();
        Begin(state);
        _plane.Send(Packet(isV6: false) with { Chunk = chunk });
        AssertIs(Expected(TcpView.Input));
        Begin(state);
        _plane.Send(Answer(isV6: false, 3868) with { Chunk = chunk });
        AssertIs(SctpStateMachine.Next(state, moved, TcpView.Output));
    }

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(2, true, false)]
    [InlineData(3, false, true)]
    [InlineData(4, true, true)]
    public void RandomChunks_DataPathAndModel_Agree(int seed, bool isV6, bool isNat)
    {
        var random = new Prng((ulong)seed);
        var model = new ServiceModel(SchedulerKind.Wlc, null, ConnectionTimeouts.Default) { SeesAnswers = isNat };
        Apply(isV6, [.. new byte[] { 1, 2 }.Select(number => isNat ? Nat(number, 3868) : TestPlane.Server(number))], SchedulerKind.Wlc);
        model.AddServer(1, 1);
        model.AddServer(2, 1);
        byte[] chunks = [1, 1, 2, 10, 10, 11, 0, 3, 7, 8, 9, 14, 6];
        for (int step = 0; step < 600; step++)
        {
            Frame packet = Packet(isV6) with
            {
                SourcePort = (ushort)(1000 + random.NextInt(6)), Chunk = chunks[random.NextInt(chunks.Length)], PayloadBytes = random.NextInt(90),
            };
            var key = new FlowKey(IpAddress.Parse(packet.Source), packet.SourcePort);
            var server = (byte)(1 + random.NextInt(2));
            bool isAnswer = isNat && random.OneIn(2);
            SctpEvent chunk = SctpStateMachine.EventOf(packet.Chunk);
            ConnectionOutcome expected = isAnswer
                ? model.OnAnswer(Instant.Zero, key, server, chunk)
                : model.OnChunk(Instant.Zero, key, chunk);

            Outcome outcome = _plane.Send(isAnswer
                ? Answer(isV6, 3868, server) with { TargetPort = key.Port, Chunk = packet.Chunk }
                : packet);

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
            (int, int)[] loads = _plane.Loads();
            Assert.Equal(
                (step, model.LoadOf(1).Active, model.LoadOf(1).Inactive, model.LoadOf(2).Active, model.LoadOf(2).Inactive),
                (step, loads[0].Item1, loads[0].Item2, loads[1].Item1, loads[1].Item2));
        }

        foreach (ConnectionEntry entry in _plane.Plane.ReadConnections())
        {
            var key = new FlowKey(entry.Client.Address, entry.Client.Port);
            Assert.Equal(SctpStateMachine.NameOf(model.AssociationOf(key)!.Value), entry.State);
        }
    }

    private static string RealAddress(bool isV6, byte number = 1) => isV6 ? $"2001:db8:a::{number}" : $"10.0.0.{number}";

    private static Frame Packet(bool isV6) => new()
    {
        Protocol = Frame.Sctp,
        Source = isV6 ? Client6 : "203.0.113.5",
        Target = isV6 ? TestPlane.Vip6 : TestPlane.Vip,
    };

    private static Frame Answer(bool isV6, ushort realPort, byte number = 1) => new()
    {
        Protocol = Frame.Sctp,
        Chunk = 2,
        SourceMac = TestPlane.MacOf(number),
        Source = RealAddress(isV6, number),
        SourcePort = realPort,
        Target = Packet(isV6).Source,
        TargetPort = 40000,
    };

    private static PlannedServer Nat(byte number, ushort port) => TestPlane.Server(number) with
    {
        Address = new TransportEndpoint(IpAddress.Parse(RealAddress(isV6: false, number)), port),
        Method = ForwardingMethod.Masquerade,
    };

    private void Apply(bool isV6, params PlannedServer[] servers) => Apply(isV6, servers, SchedulerKind.Rr);

    private void Apply(bool isV6, PlannedServer server, bool asIs) => Apply(isV6, [server], SchedulerKind.Rr, asIs);

    private void Apply(bool isV6, PlannedServer[] servers, SchedulerKind scheduler, bool asIs = false)
    {
        PlannedService four = TestPlane.Service(scheduler, [.. servers]) with
        {
            Key = new ServiceKey(TransportProtocol.Sctp, TestPlane.Key.Address),
        };
        _plane.Apply(!isV6 ? four : asIs ? TestPlane.Six(four with { Servers = [] }) with { Servers = four.Servers } : TestPlane.Six(four));
    }

    /// <summary>The client's association is the only one, and in that state.</summary>
    private void Begin(SctpState state)
    {
        _plane.ExpireAll();
        _plane.Sweep();
        _plane.Send(Packet(isV6: false));
        _plane.WithTables(tables =>
        {
            foreach (ref PmFlow flow in tables.Flows.Span)
            {
                if (flow.Server != 0)
                {
                    flow.State = (byte)state;
                    tables.Loads[flow.Server] = SctpStateMachine.IsActive(state)
                        ? new PmLoad { Active = 1 }
                        : new PmLoad { Inactive = 1 };
                }
            }
        });
    }

    private string State() => Assert.Single(_plane.Plane.ReadConnections()).State;

    private void AssertIs(SctpState expected)
    {
        ConnectionEntry entry = Assert.Single(_plane.Plane.ReadConnections());
        Assert.Equal(SctpStateMachine.NameOf(expected), entry.State);
        Assert.Equal(SctpStateMachine.IsActive(expected) ? (1, 0) : (0, 1), Assert.Single(_plane.Loads()));
        double timeout = ConnectionTimeouts.Of(expected).TotalSeconds;
        Assert.InRange(entry.ExpiresIn.TotalSeconds, timeout - 2, timeout);
    }
}
