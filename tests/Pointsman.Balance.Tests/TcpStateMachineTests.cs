using Pointsman.Balance.Connections;

namespace Pointsman.Balance.Tests;

public sealed class TcpStateMachineTests
{
    [Theory]
    [InlineData(TcpEvent.Syn, "SYN_RECV ESTABLISHED ESTABLISHED SYN_RECV SYN_RECV SYN_RECV SYN_RECV SYN_RECV SYN_RECV SYN_RECV SYN_RECV")]
    [InlineData(TcpEvent.Fin, "CLOSE FIN_WAIT SYN_SENT TIME_WAIT FIN_WAIT TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN TIME_WAIT")]
    [InlineData(TcpEvent.Ack, "ESTABLISHED ESTABLISHED SYN_SENT ESTABLISHED FIN_WAIT TIME_WAIT CLOSE CLOSE_WAIT CLOSE LISTEN ESTABLISHED")]
    [InlineData(TcpEvent.Reset, "CLOSE CLOSE CLOSE SYN_RECV CLOSE CLOSE CLOSE CLOSE LAST_ACK LISTEN CLOSE")]
    [InlineData(TcpEvent.Other, "CLOSE CLOSE CLOSE CLOSE CLOSE CLOSE CLOSE CLOSE CLOSE CLOSE CLOSE")]
    public void EachState_HearsSegment_MovesAsInputOnlyTable(TcpEvent segment, string row)
    {
        IEnumerable<string> moved = Enum.GetValues<TcpState>()
            .Select(state => TcpStateMachine.NameOf(TcpStateMachine.Next(state, segment)));
        Assert.Equal(row, string.Join(' ', moved));
    }

    [Theory]
    [InlineData("syn fin-ack ack fin-ack", "iioo", TcpState.TimeWait)]
    [InlineData("syn ack fin ack fin", "iiiio", TcpState.TimeWait)]
    [InlineData("syn ack fin", "iio", TcpState.FinWait)]
    [InlineData("syn ack fin", "iii", TcpState.CloseWait)]
    [InlineData("syn syn ack ack", "ioio", TcpState.Established)]
    [InlineData("syn rst", "io", TcpState.Close)]
    public void BothDirectionsSeen_Life_EndsWhereIpvsSays(string segments, string sides, TcpState expected)
    {
        TcpState state = segments.Split(' ').Zip(sides).Aggregate(TcpState.None, (state, step) => TcpStateMachine.Next(
            state,
            TcpStateMachine.EventOf(step.First.Split('-').Aggregate(TcpFlags.None, (all, name) => all | name switch
            {
                "syn" => TcpFlags.Syn,
                "fin" => TcpFlags.Fin,
                "rst" => TcpFlags.Reset,
                _ => TcpFlags.Ack,
            })),
            step.Second == 'i' ? TcpView.Input : TcpView.Output));
        Assert.Equal(expected, state);
    }

    [Theory]
    [InlineData(TcpFlags.Syn, TcpEvent.Syn)]
    [InlineData(TcpFlags.Syn | TcpFlags.Ack, TcpEvent.Syn)]
    [InlineData(TcpFlags.Syn | TcpFlags.Fin, TcpEvent.Syn)]
    [InlineData(TcpFlags.Fin | TcpFlags.Ack | TcpFlags.Push, TcpEvent.Fin)]
    [InlineData(TcpFlags.Ack | TcpFlags.Push, TcpEvent.Ack)]
    [InlineData(TcpFlags.Reset | TcpFlags.Ack | TcpFlags.Syn, TcpEvent.Reset)]
    [InlineData(TcpFlags.Push | TcpFlags.Urgent, TcpEvent.Other)]
    [InlineData(TcpFlags.None, TcpEvent.Other)]
    public void SeveralFlags_FirstOfResetSynFinAck_Counts(TcpFlags flags, TcpEvent expected) =>
        Assert.Equal(expected, TcpStateMachine.EventOf(flags));

    [Fact]
    public void NormalClose_SeenFromClientOnly_EndsInFinWait()
    {
        TcpEvent[] segments = [TcpEvent.Syn, TcpEvent.Ack, TcpEvent.Ack, TcpEvent.Fin, TcpEvent.Ack];
        Assert.Equal(TcpState.FinWait, segments.Aggregate(TcpState.None, (state, segment) => TcpStateMachine.Next(state, segment)));
    }

    [Fact]
    public void InactiveStates_AreThoseThatCannotCarryData()
    {
        TcpState[] active = [.. Enum.GetValues<TcpState>().Where(TcpStateMachine.IsActive)];
        Assert.Equal([TcpState.Established, TcpState.SynSent, TcpState.SynReceived, TcpState.SynAck], active);
    }

    [Fact]
    public void OverStates_AreNeverActive()
    {
        Assert.DoesNotContain(Enum.GetValues<TcpState>(), state =>
            TcpStateMachine.IsOver(state) && TcpStateMachine.IsActive(state));
        Assert.False(TcpStateMachine.IsOver(TcpState.FinWait));
    }
}
