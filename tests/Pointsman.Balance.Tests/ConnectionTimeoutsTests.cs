using Pointsman.Balance.Connections;

namespace Pointsman.Balance.Tests;

public sealed class ConnectionTimeoutsTests
{
    private const int TicksPerSecond = 250;

    [Theory]
    [InlineData(TcpState.None, 2)]
    [InlineData(TcpState.Established, 900)]
    [InlineData(TcpState.SynSent, 120)]
    [InlineData(TcpState.SynReceived, 60)]
    [InlineData(TcpState.FinWait, 120)]
    [InlineData(TcpState.TimeWait, 120)]
    [InlineData(TcpState.Close, 10)]
    [InlineData(TcpState.CloseWait, 60)]
    [InlineData(TcpState.LastAck, 30)]
    [InlineData(TcpState.Listen, 120)]
    [InlineData(TcpState.SynAck, 120)]
    public void NothingSet_EachState_HasTheKernelsTimeout(TcpState state, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), ConnectionTimeouts.Default.Of(state));

    [Fact]
    public void Set_ThreeValues_ChangesOnlyTheirStates()
    {
        ConnectionTimeouts? set = ConnectionTimeouts.Default.TryWith(1, 10, 300, TicksPerSecond);
        Assert.NotNull(set);
        Assert.Equal(TimeSpan.FromSeconds(1), set.Of(TcpState.Established));
        Assert.Equal(TimeSpan.FromSeconds(10), set.Of(TcpState.FinWait));
        Assert.Equal(TimeSpan.FromSeconds(300), set.Udp);
        Assert.Equal(TimeSpan.FromSeconds(120), set.Of(TcpState.TimeWait));
    }

    [Fact]
    public void Set_Zero_LeavesTheValue()
    {
        ConnectionTimeouts? set = ConnectionTimeouts.Default.TryWith(0, 5, 0, TicksPerSecond);
        Assert.NotNull(set);
        Assert.Equal(TimeSpan.FromSeconds(900), set.Established);
        Assert.Equal(TimeSpan.FromSeconds(5), set.FinWait);
        Assert.Equal(TimeSpan.FromSeconds(300), set.Udp);
    }

    [Theory]
    [InlineData(-1, 0, 0)]
    [InlineData(0, -1, 0)]
    [InlineData(0, 0, -1)]
    [InlineData(8_589_935, 0, 0)]
    [InlineData(0, 8_589_935, 0)]
    [InlineData(0, 0, int.MaxValue)]
    public void Set_OutOfRange_IsRefusedWhole(int tcp, int tcpFin, int udp) =>
        Assert.Null(ConnectionTimeouts.Default.TryWith(tcp, tcpFin, udp, TicksPerSecond));

    [Fact]
    public void Set_LargestOfTheClock_IsTaken() =>
        Assert.NotNull(ConnectionTimeouts.Default.TryWith(8_589_934, 0, 0, TicksPerSecond));
}
