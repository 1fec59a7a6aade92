using Pointsman.Balance;
using Pointsman.Balance.Connections;
using Pointsman.Dataplane.Bpf;
using ModelFlags = Pointsman.Balance.Connections.TcpFlags;

namespace Pointsman.Dataplane.Tests;

/// <summary>Connections move, last and are counted as the model of IPVS says.</summary>
[Collection(PlaneCollection.Name)]
public sealed class TcpStateTests(SharedPlane shared)
{
    private readonly TestPlane _plane = shared.Fresh();

    public static TheoryData<TcpState, int> AllMoves()
    {
        var moves = new TheoryData<TcpState, int>();
        foreach (TcpState state in Enum.GetValues<TcpState>())
        {
            foreach (TcpFlags flags in new[]
            {
                TcpFlags.Syn, TcpFlags.Fin, TcpFlags.Ack, TcpFlags.Rst, TcpFlags.None, TcpFlags.Psh,
                TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Rst | TcpFlags.Syn | TcpFlags.Fin,
            })
            {
                moves.Add(state, (int)flags);
            }
        }

        return moves;
    }

    [Theory]
    [MemberData(nameof(AllMoves))]
    public void Segment_InAnyState_MovesAndCountsAsTheModelSays(TcpState state, int flags)
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        _plane.Connect(1000);
        Put(state);
        TcpEvent segment = TcpStateMachine.EventOf((ModelFlags)flags);

        _plane.Send(new Frame { SourcePort = 1000, Flags = (TcpFlags)flags });

        bool isNew = segment == TcpEvent.Syn && TcpStateMachine.IsOver(state);
        TcpState expected = TcpStateMachine.Next(isNew ? TcpState.None : state, segment);
        ConnectionEntry entry = Assert.Single(_plane.Plane.ReadConnections());
        Assert.Equal(TcpStateMachine.NameOf(expected), entry.State);
        Assert.Equal(TcpStateMachine.IsActive(expected) ? (1, 0) : (0, 1), Assert.Single(_plane.Loads()));
        double timeout = ConnectionTimeouts.Default.Of(expected).TotalSeconds;
        Assert.InRange(entry.ExpiresIn.TotalSeconds, timeout - 2, timeout);
        Assert.Equal(isNew ? 2 : 1, _plane.Read().Totals.Connections);
    }

    [Fact]
    public void WholeLife_CountsAreExactAtEachStep()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        var steps = new List<(int, int)>();
        TcpFlags[] life =
            [TcpFlags.Syn, TcpFlags.Ack, TcpFlags.Psh | TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Ack];
        foreach (TcpFlags flags in life)
        {
            _plane.Send(new Frame { Flags = flags });
            steps.Add(Assert.Single(_plane.Loads()));
        }

        _plane.ExpireAll();
        int retired = _plane.Sweep();

        Assert.Equal([(1, 0), (1, 0), (1, 0), (0, 1), (0, 1)], steps);
        Assert.Equal(1, retired);
        Assert.Equal((0, 0), Assert.Single(_plane.Loads()));
    }

    [Fact]
    public void SetTimeouts_NextPacketTakesThem_ZeroLeavesOne()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        _plane.Plane.SetTimeouts(TimeSpan.FromSeconds(10), TimeSpan.Zero, TimeSpan.FromSeconds(33));
        _plane.Connect(1000);
        _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack });

        Assert.InRange(Assert.Single(_plane.Plane.ReadConnections()).ExpiresIn.TotalSeconds, 5, 10);
        Assert.Equal(
            new TimeoutSettings(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(33)),
            _plane.Plane.Timeouts);
    }

    [Fact]
    public void PastItsTime_ConnectionIsUnknown_AlsoBeforeTheSweep()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1), TestPlane.Server(2)));
        byte first = _plane.Connect(1000);
        _plane.ExpireAll();

        Assert.Equal("no-connection", _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack }).Verdict);
        Assert.NotEqual(first, _plane.Connect(1000));
        Assert.Equal(1, _plane.Plane.ReadSnapshot().Connections);
        Assert.Equal(0, _plane.Sweep());
    }

    /// <summary>Puts the only connection into a state, with the counts that belong to it.</summary>
    private void Put(TcpState state) => _plane.WithTables(tables =>
    {
        foreach (ref PmFlow flow in tables.Flows.Span)
        {
            if (flow.Server != 0)
            {
                flow.State = (byte)state;
                tables.Loads[flow.Server] = TcpStateMachine.IsActive(state)
                    ? new PmLoad { Active = 1 }
                    : new PmLoad { Inactive = 1 };
            }
        }
    });
}
