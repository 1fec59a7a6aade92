using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// Two directors that are each other's real servers: what one forwarded here is never balanced again.
/// </summary>
[Collection(PlaneCollection.Name)]
public sealed class PeerDirectorTests(SharedPlane shared)
{
    private const string PeerMac = "02:00:00:00:00:d2";
    private const string PeerAddress = "10.0.0.202";
    private readonly TestPlane _plane = shared.Fresh();

    private static PeerDirector Peer { get; } = new(Frame.Mac(PeerMac), IpAddress.Parse(PeerAddress));

    private static Frame FromPeer { get; } = new() { SourceMac = PeerMac };

    [Fact]
    public void NewConnectionThatThePeerForwarded_GoesUpUntouchedAndLeavesNoEntry()
    {
        ApplyColocated(Peer);

        Outcome outcome = _plane.Send(FromPeer);

        Assert.Equal(("from-peer-director", XdpAction.Pass), (outcome.Verdict, outcome.Action));
        Assert.Equal(FromPeer.Build(), outcome.Bytes);
        Assert.Equal(0, _plane.Plane.ReadSnapshot().Connections);
    }

    // The case in which IPVS loops in spite of the marks: an entry left from a former mastership catches the packet.
    [Theory]
    [InlineData(TcpFlags.Syn)]
    [InlineData(TcpFlags.Ack)]
    [InlineData(TcpFlags.Fin | TcpFlags.Ack)]
    [InlineData(TcpFlags.Rst)]
    public void FlowWithAnEntryHere_ForwardedByThePeer_IsNotActedOn(TcpFlags flags)
    {
        ApplyColocated(Peer);
        ushort port = PortOf(server: 2);
        (int, int)[] before = _plane.Loads();
        string state = StateOf(port);

        Outcome outcome = _plane.Send(FromPeer with { SourcePort = port, Flags = flags });

        Assert.Equal("from-peer-director", outcome.Verdict);
        Assert.Equal(before, _plane.Loads());
        Assert.Equal(state, StateOf(port));
    }

    [Fact]
    public void PeersOfThePlan_CanBeReadByTheNextProcess()
    {
        ApplyColocated(Peer);

        Assert.Equal([Peer], _plane.Plane.ReadSnapshot().Peers);
    }

    [Fact]
    public void FrameOfAnotherMacWithThePeersFilterBit_IsBalanced()
    {
        ApplyColocated(Peer);

        // The low six bits of the last byte are the filter's.
        Outcome outcome = _plane.Send(FromPeer with { SourceMac = "02:00:00:00:00:92" });

        Assert.NotEqual("from-peer-director", outcome.Verdict);
        Assert.Equal(1, _plane.Plane.ReadSnapshot().Connections);
    }

    [Fact]
    public void PeersTakenBack_FilterIsEmptyAgain()
    {
        ApplyColocated(Peer);
        _plane.Plane.Leases.SetPeer(1, Peer.Mac, Peer.Address);
        _plane.WithTables(tables => Assert.Equal(tables.PeerFilter[0].Heard, tables.PeerFilter[0].Planned));

        ApplyColocated();
        Assert.Equal("from-peer-director", _plane.Send(FromPeer).Verdict);

        _plane.Plane.Leases.SetPeer(1, default, default);
        _plane.WithTables(tables => Assert.Equal((0ul, 0ul), (tables.PeerFilter[0].Heard, tables.PeerFilter[0].Planned)));
    }

    [Fact]
    public void ThePeersOwnAddress_IsAnOrdinaryClient()
    {
        ApplyColocated(Peer);
        Outcome[] outcomes = [.. Enumerable.Range(1000, 4).Select(port =>
            _plane.Send(FromPeer with { Source = PeerAddress, SourcePort = (ushort)port }))];

        Assert.Equal(2, outcomes.Count(outcome => outcome.Verdict == "forwarded"));
        Assert.Equal(2, outcomes.Count(outcome => outcome.Verdict == "local"));
    }

    // With both master, each would balance what the other sends to see whether this node is well.
    [Fact]
    public void CheckOfThePeer_IsForThisNode_AndMakesNoConnection()
    {
        ApplyColocated(Peer);
        for (ushort port = 1000; port < 1008; port++)
        {
            Frame check = FromPeer with { Source = PeerAddress, SourcePort = port, Ttl = 255 };
            Assert.Equal("from-peer-director", _plane.Send(check).Verdict);
            Assert.Equal("from-peer-director", _plane.Send(check.With(TcpFlags.Ack)).Verdict);
        }

        Assert.Equal(0, _plane.Plane.ReadSnapshot().Connections);
        Assert.NotEqual("from-peer-director", _plane.Send(FromPeer with { Source = PeerAddress, Ttl = 64 }).Verdict);
        Assert.NotEqual("from-peer-director", _plane.Send(new Frame { Ttl = 255 }).Verdict);
    }

    [Fact]
    public void PeerWithTwoAddresses_EitherIsAnOrdinaryClient_OthersAreForwarded()
    {
        ApplyColocated(Peer, Peer with { Address = IpAddress.Parse("10.0.0.203") });

        Assert.NotEqual("from-peer-director", _plane.Send(FromPeer with { Source = PeerAddress }).Verdict);
        Assert.NotEqual("from-peer-director", _plane.Send(FromPeer with { Source = "10.0.0.203" }).Verdict);
        Assert.Equal("from-peer-director", _plane.Send(FromPeer).Verdict);
    }

    [Fact]
    public void NoServerIsLocal_ThePeersFramesAreBalanced()
    {
        _plane.Plane.Apply(TestPlane.Plan(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1))) with { Peers = [Peer] });
        Assert.Equal("forwarded", _plane.Send(FromPeer).Verdict);
    }

    [Fact]
    public void PeerHeardOnTheWire_ComesBackWithAnotherMac_BothAreKnown()
    {
        const string NewMac = "02:00:00:00:00:e2";
        ApplyColocated();
        _plane.Plane.Leases.SetPeer(2, Frame.Mac(PeerMac), IpAddress.Parse(PeerAddress));
        _plane.Plane.Leases.SetPeer(7, Frame.Mac(NewMac), IpAddress.Parse(PeerAddress));

        Assert.Equal("from-peer-director", _plane.Send(FromPeer).Verdict);
        Assert.Equal("from-peer-director", _plane.Send(FromPeer with { SourceMac = NewMac }).Verdict);
        _plane.Plane.Leases.SetPeer(2, default, default);
        Assert.NotEqual("from-peer-director", _plane.Send(FromPeer).Verdict);
        Assert.Equal("from-peer-director", _plane.Send(FromPeer with { SourceMac = NewMac }).Verdict);
    }

    [Fact]
    public void PeerLeavesThePlan_IsForgotten()
    {
        PeerDirector other = new(Frame.Mac("02:00:00:00:00:d3"), IpAddress.Parse("10.0.0.210"));
        ApplyColocated(other, Peer);
        Assert.Equal("from-peer-director", _plane.Send(FromPeer).Verdict);
        ApplyColocated(other);
        Assert.NotEqual("from-peer-director", _plane.Send(FromPeer).Verdict);
    }

    [Fact]
    public void PeersFrameToAnotherService_WithoutLocalServer_IsBalanced()
    {
        var database = new ServiceKey(TransportProtocol.Tcp, new TransportEndpoint(IpAddress.Parse(TestPlane.Vip), 5432));
        PlannedService remote = TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(8), TestPlane.Server(9)) with { Key = database };
        _plane.Plane.Apply(TestPlane.Plan(Colocated(), remote) with { Peers = [Peer] });

        Assert.Equal("forwarded", _plane.Send(FromPeer with { TargetPort = 5432, Source = PeerAddress }).Verdict);
        Assert.Equal("from-peer-director", _plane.Send(FromPeer).Verdict);
    }

    [Fact]
    public void NotArmed_ComesBeforeThePeer()
    {
        _plane.Plane.Leases.Release(TestPlane.Lease);
        _plane.Plane.Apply(TestPlane.Plan(Colocated() with { LeaseSlot = TestPlane.Lease }) with { Peers = [Peer] });
        Assert.Equal("not-armed", _plane.Send(FromPeer).Verdict);
    }

    private static PlannedService Colocated() =>
        TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1, isLocal: true), TestPlane.Server(2));

    private void ApplyColocated(params PeerDirector[] peers) =>
        _plane.Plane.Apply(TestPlane.Plan(Colocated()) with { Peers = [.. peers] });

    /// <summary>A client port whose connection the director itself has sent to this server.</summary>
    private ushort PortOf(byte server)
    {
        for (ushort port = 1000; ; port++)
        {
            Outcome outcome = _plane.Send(new Frame { SourcePort = port });
            if (outcome.Verdict == "forwarded" && outcome.TargetMac == TestPlane.MacOf(server))
            {
                return port;
            }
        }
    }

    private string StateOf(ushort port) => _plane.Plane.ReadConnections().Single(entry => entry.Client.Port == port).State;
}
