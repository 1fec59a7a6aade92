using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>A packet in pieces goes where its first piece goes, which alone has the ports.</summary>
[Collection(PlaneCollection.Name)]
public sealed class FragmentTests(SharedPlane shared)
{
    private const string Client6 = "2001:db8:c::5";
    private readonly TestPlane _plane = shared.Fresh();

    [Theory]
    [InlineData(false, Frame.Udp)]
    [InlineData(false, 6)]
    [InlineData(true, Frame.Udp)]
    [InlineData(true, 6)]
    public void ByDirectRouting_AllGoToTheServerOfTheFirst_AndAreCounted(bool isV6, byte protocol)
    {
        Apply(isV6, protocol, [.. TestPlane.Servers(3)]);
        byte[][] one = Pieces.Cut(Packet(isV6, protocol), id: 7, 64, 128);
        byte[][] other = Pieces.Cut(Packet(isV6, protocol) with { SourcePort = 40001 }, id: 8, 64);

        Outcome[] outcomes = [.. new[] { one[0], other[0], one[2], other[1], one[1] }.Select(_plane.Send)];

        Assert.All(outcomes, outcome => Assert.Equal(("forwarded", XdpAction.Tx), (outcome.Verdict, outcome.Action)));
        Assert.Equal(outcomes[0].TargetMac, outcomes[2].TargetMac);
        Assert.Equal(outcomes[0].TargetMac, outcomes[4].TargetMac);
        Assert.Equal(outcomes[1].TargetMac, outcomes[3].TargetMac);
        Assert.NotEqual(outcomes[0].TargetMac, outcomes[1].TargetMac);
        byte[] arrived = Pieces.Join([outcomes[0].Bytes, outcomes[4].Bytes, outcomes[2].Bytes]);
        Assert.Equal((Packet(isV6, protocol) with { Ttl = 63, PaddingBytes = 0 }).Build()[Ip..], arrived[Ip..]);
        Counters totals = _plane.Read().Totals;
        Assert.Equal((2, 5), (totals.Connections, totals.PacketsIn));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void FirstFragmentOfAConnectionThatIsKnown_GoesToItsServer(bool isV6)
    {
        Apply(isV6, 6, [.. TestPlane.Servers(2)]);
        Outcome syn = _plane.Send(Packet(isV6, 6));
        _plane.Send(Packet(isV6, 6) with { SourcePort = 50000 });
        byte[][] pieces = Pieces.Cut(Packet(isV6, 6) with { Flags = TcpFlags.Ack }, id: 1, 104);

        Assert.All(pieces, piece => Assert.Equal(syn.TargetMac, _plane.Send(piece).TargetMac));
        Assert.Equal(2, _plane.Read().Totals.Connections);
    }

    [Theory]
    [InlineData(false, Frame.Udp)]
    [InlineData(false, 6)]
    [InlineData(true, Frame.Udp)]
    [InlineData(true, 6)]
    public void ByNat_BothWays_PutTogetherTheyAreOnePacketWithARightChecksum(bool isV6, byte protocol)
    {
        Apply(isV6, protocol, NatTests.Server(1));
        Frame sent = Packet(isV6, protocol);
        Outcome[] outcomes = [.. Pieces.Cut(sent, id: 9, 48, 200).Select(_plane.Send)];

        Assert.All(outcomes, outcome => Assert.Equal("forwarded", outcome.Verdict));
        string server = isV6 ? "2001:db8:a::1" : "10.0.0.1";
        Frame expected = sent with { Target = server, TargetPort = NatTests.RealPort, Ttl = 63, PaddingBytes = 0 };
        Assert.Equal(expected.Build()[Ip..], Pieces.Join([.. outcomes.Select(outcome => outcome.Bytes)])[Ip..]);

        Frame answer = sent with
        {
            SourceMac = TestPlane.MacOf(1),
            Source = server,
            SourcePort = NatTests.RealPort,
            Target = sent.Source,
            TargetPort = sent.SourcePort,
            Flags = TcpFlags.Syn | TcpFlags.Ack,
        };
        Outcome[] answers = [.. Pieces.Cut(answer, id: 9, 48, 200).Select(_plane.Send)];
        Assert.All(answers, outcome => Assert.True(outcome.Verdict is "answer-forwarded" or "answer-redirected", outcome.Verdict));
        expected = answer with { Source = sent.Target, SourcePort = 80, Ttl = 63, PaddingBytes = 0 };
        Assert.Equal(expected.Build()[Ip..], Pieces.Join([.. answers.Select(outcome => outcome.Bytes)])[Ip..]);
        Assert.Equal(3, _plane.Read().Totals.PacketsOut);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BeforeTheFirst_AreDroppedAndCounted_AfterItGoOn(bool isV6)
    {
        Apply(isV6, Frame.Udp, TestPlane.Server(1));
        byte[][] pieces = Pieces.Cut(Packet(isV6, Frame.Udp), id: 5, 64);

        Outcome early = _plane.Send(pieces[1]);
        Assert.Equal(("fragment-early", XdpAction.Drop), (early.Verdict, early.Action));
        Assert.Equal("forwarded", _plane.Send(pieces[0]).Verdict);
        Assert.Equal("forwarded", _plane.Send(pieces[1]).Verdict);

        // Another packet of the same client, and the same number from another client or of another protocol.
        Assert.Equal("fragment-early", _plane.Send(Pieces.Cut(Packet(isV6, Frame.Udp), id: 6, 64)[1]).Verdict);
        Frame other = Packet(isV6, Frame.Udp) with { Source = isV6 ? "2001:db8:c::6" : "203.0.113.6" };
        Assert.Equal("fragment-early", _plane.Send(Pieces.Cut(other, id: 5, 64)[1]).Verdict);
        if (!isV6)
        {
            Assert.Equal("fragment-early", _plane.Send(Pieces.Cut(Packet(isV6, 6), id: 5, 64)[1]).Verdict);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatIsNotBalanced_GoesUpTheStackWhole(bool isV6)
    {
        Apply(isV6, Frame.Udp, TestPlane.Server(1));
        byte[][] pieces = Pieces.Cut(Packet(isV6, Frame.Udp) with { TargetPort = 81 }, id: 3, 64);
        Outcome first = _plane.Send(pieces[0]), later = _plane.Send(pieces[1]);
        Assert.Equal(("not-service", XdpAction.Pass), (first.Verdict, first.Action));
        Assert.Equal(("fragment-passed", XdpAction.Pass), (later.Verdict, later.Action));
        Assert.Equal(pieces[1], later.Bytes);
        Frame elsewhere = Packet(isV6, Frame.Udp) with { Target = isV6 ? "2001:db8::101" : "192.0.2.101" };
        Assert.All(Pieces.Cut(elsewhere, id: 4, 64), piece => Assert.Equal("not-vip", _plane.Send(piece).Verdict));
    }

    // A ping of more than a frame is the director's own.
    [Fact]
    public void OtherProtocols_GoUpTheStack()
    {
        Apply(isV6: false, Frame.Udp, TestPlane.Server(1));
        byte[][] pieces = Pieces.Cut(Packet(isV6: false, 1), id: 3, 64);
        Assert.Equal(["not-tcp", "not-tcp"], pieces.Select(piece => _plane.Send(piece).Verdict));
    }

    [Fact]
    public void ThisNodeIsTheServer_ItsStackGetsAll_InAnyOrder()
    {
        Apply(isV6: false, Frame.Udp, TestPlane.Server(1, isLocal: true));
        byte[][] pieces = Pieces.Cut(Packet(isV6: false, Frame.Udp), id: 3, 64, 128);
        Assert.Equal(["fragment-passed", "local", "local"], new[] { 1, 0, 2 }.Select(i => _plane.Send(pieces[i]).Verdict));
    }

    // Leases are asked of each fragment, and what a peer forwarded is never balanced, whatever note there is of it.
    [Fact]
    public void LeaseLapses_LaterFragments_GoUpTheStack()
    {
        _plane.Apply(TestPlane.Leased(TestPlane.Server(1)));
        byte[][] pieces = Pieces.Cut(Packet(isV6: false, 6), id: 3, 64);
        Assert.Equal(["not-armed", "fragment-passed"], pieces.Select(piece => _plane.Send(piece).Verdict));
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        Assert.Equal(["forwarded", "forwarded"], pieces.Select(piece => _plane.Send(piece).Verdict));
        _plane.Plane.Leases.Release(TestPlane.Lease);
        Assert.Equal("not-armed", _plane.Send(pieces[1]).Verdict);
    }

    [Fact]
    public void ServerGoesDown_OrIsRemoved_LaterFragmentsAreDropped()
    {
        Apply(isV6: false, Frame.Udp, TestPlane.Server(1));
        byte[][] pieces = Pieces.Cut(Packet(isV6: false, Frame.Udp), id: 3, 64);
        _plane.Send(pieces[0]);
        Apply(isV6: false, Frame.Udp, TestPlane.Server(1, isUp: false));
        Assert.Equal("server-gone", _plane.Send(pieces[1]).Verdict);

        // Its slot goes to the server of another service.
        Apply(isV6: false, 6, TestPlane.Server(2));
        _plane.ExpireAll();
        _plane.Sweep();
        Apply(isV6: true, 6, TestPlane.Server(2), TestPlane.Server(3), TestPlane.Server(4));
        Apply(isV6: false, 6, TestPlane.Server(2), TestPlane.Server(3), TestPlane.Server(4));
        Assert.Equal("server-gone", _plane.Send(pieces[1]).Verdict);
    }

    // With one-packet scheduling there is no entry to go by.
    [Fact]
    public void OnePacketScheduling_KeepsTheFragmentsOfADatagramTogether()
    {
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(2)]);
        _plane.Apply(service with
        {
            Key = service.Key with { Protocol = TransportProtocol.Udp },
            Flags = ServiceFlags.OnePacket,
        });
        for (ushort id = 1; id < 5; id++)
        {
            Outcome[] outcomes = [.. Pieces.Cut(Packet(isV6: false, Frame.Udp), id, 64, 128).Select(_plane.Send)];
            Assert.Single(outcomes.Select(outcome => outcome.TargetMac).Distinct());
        }

        Assert.Empty(_plane.Plane.ReadConnections());
        Assert.Equal((4, 12), (_plane.Read().Totals.Connections, _plane.Read().Totals.PacketsIn));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TtlSpent_IsToldByIpv6Alone(bool isV6)
    {
        Apply(isV6, Frame.Udp, TestPlane.Server(1));
        byte[][] pieces = Pieces.Cut(Packet(isV6, Frame.Udp), id: 3, 64);
        byte[][] spent = Pieces.Cut(Packet(isV6, Frame.Udp) with { Ttl = 1 }, id: 3, 64);
        _plane.Send(pieces[0]);
        Assert.Equal(isV6 ? "ttl-expired-told" : "ttl-expired", _plane.Send(spent[1]).Verdict);
    }

    private const int Ip = Frame.EthernetBytes;

    private static Frame Packet(bool isV6, byte protocol) => new()
    {
        Source = isV6 ? Client6 : "203.0.113.5",
        Target = isV6 ? TestPlane.Vip6 : TestPlane.Vip,
        Protocol = protocol,
        PayloadBytes = 251,
    };

    private void Apply(bool isV6, byte protocol, params ImmutableArray<PlannedServer> servers)
    {
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, servers);
        service = service with { Key = service.Key with { Protocol = (TransportProtocol)protocol } };
        _plane.Apply(isV6 ? TestPlane.Six(service) : service);
    }
}
