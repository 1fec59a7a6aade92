using Pointsman.Balance.Connections;
using Pointsman.Balance.Synchronisation;
using Pointsman.Base;

namespace Pointsman.Balance.Tests;

/// <summary>What a director tells the others, in IPVS's numbers.</summary>
public sealed class SyncRulesTests
{
    [Fact]
    public void StatesThatAreTold_AreThoseOfIpvs()
    {
        Assert.Equal(
            [TcpState.Established, TcpState.FinWait, TcpState.TimeWait, TcpState.Close, TcpState.CloseWait],
            Enum.GetValues<TcpState>().Where(state => SyncRules.IsTold((byte)state)));
        Assert.Equal([UdpState.Known, UdpState.Answered], Enum.GetValues<UdpState>().Where(state => SyncRules.IsTold((byte)state)));
        Assert.Equal(
            [SctpState.Established, SctpState.ShutdownSent, SctpState.ShutdownReceived, SctpState.ShutdownAckSent, SctpState.Closed],
            Enum.GetValues<SctpState>().Where(state => SyncRules.IsTold((byte)state)));
    }

    [Fact]
    public void EveryStateOfTcpAndSctp_ComesBackFromItsNumber()
    {
        Assert.All(Enum.GetValues<TcpState>(), state => Assert.Equal((byte)state, SyncRules.StateOf((byte)TransportProtocol.Tcp, SyncRules.NumberOf((byte)state))));
        Assert.All(Enum.GetValues<SctpState>(), state => Assert.Equal((byte)state, SyncRules.StateOf((byte)TransportProtocol.Sctp, SyncRules.NumberOf((byte)state))));
        Assert.All(Enum.GetValues<UdpState>(), state => Assert.Equal(0, SyncRules.NumberOf((byte)state)));
        Assert.Equal((byte)UdpState.Known, SyncRules.StateOf((byte)TransportProtocol.Udp, 0));
    }

    [Theory]
    [InlineData(6, 11)]
    [InlineData(6, 65535)]
    [InlineData(17, 1)]
    [InlineData(132, 14)]
    [InlineData(50, 0)]
    [InlineData(0, 0)]
    public void OtherNumbers_AreNoState(byte protocol, ushort number) => Assert.Null(SyncRules.StateOf(protocol, number));

    [Theory]
    [InlineData(450, 900, false)]
    [InlineData(449, 900, true)]
    [InlineData(-5, 10, true)]
    [InlineData(10, 10, false)]
    public void Refresh_IsDueAtHalfOfTheTime(int knownLeft, int left, bool expected) =>
        Assert.Equal(expected, SyncRules.IsRefreshDue(knownLeft, left));
}
