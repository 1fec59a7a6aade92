using Pointsman.App.Mastership;
using Pointsman.Control.Status;
using Pointsman.Vrrp;

namespace Pointsman.App.Tests.Mastership;

/// <summary>What the operator reads after an order, by what the daemon tells.</summary>
public sealed class OrderOutcomeTests
{
    private static readonly InstanceStatus s_backup =
        new() { Name = "VI_1", State = "BACKUP", EffectivePriority = 100, Peer = "10.0.0.2", PeerPriority = 50 };

    [Theory]
    [InlineData(VrrpOrder.StandAside, "LEAVING")]
    [InlineData(VrrpOrder.Rest, "LEAVING")]
    [InlineData(VrrpOrder.Rest, "BACKUP")]
    [InlineData(VrrpOrder.RestUnserved, "MASTER")]
    [InlineData(VrrpOrder.TakeOver, "BACKUP")]
    [InlineData(VrrpOrder.None, "FAULT")]
    public void OnItsWay_IsWaitedFor_AndToldWhenTimeIsUp(VrrpOrder order, string state)
    {
        InstanceStatus now = s_backup with { State = state, Order = "x", Reason = "because" };
        Assert.Null(OrderOutcome.Of(order, now, isLast: false));
        OrderOutcome last = OrderOutcome.Of(order, now, isLast: true)!;
        Assert.False(last.IsDone);
        Assert.Contains("because", last.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void HandedOver_NamesTheSuccessor() => Assert.Equal(
        new OrderOutcome(true, "handed over to 10.0.0.2 (priority 50); this node stands aside"),
        OrderOutcome.Of(VrrpOrder.StandAside, s_backup with { Order = "stand-aside" }, isLast: false));

    [Theory]
    [InlineData(VrrpOrder.StandAside)]
    [InlineData(VrrpOrder.Rest)]
    public void MasterAgainWithoutOrder_FoundNoSuccessor(VrrpOrder order)
    {
        OrderOutcome outcome = OrderOutcome.Of(order, s_backup with { State = "MASTER", Peer = null }, isLast: false)!;
        Assert.False(outcome.IsDone);
        Assert.Contains("nobody took over", outcome.Text, StringComparison.Ordinal);
        Assert.Equal(order == VrrpOrder.Rest, outcome.Text.Contains("--force", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(VrrpOrder.Rest)]
    [InlineData(VrrpOrder.RestUnserved)]
    public void OutForMaintenance_IsDone(VrrpOrder order) =>
        Assert.True(OrderOutcome.Of(order, s_backup with { State = "FAULT", Order = "rest" }, isLast: false)!.IsDone);

    [Fact]
    public void TakeOver_IsMaster_OrFacesAHigherOne_OrIsAtFault()
    {
        Assert.True(OrderOutcome.Of(VrrpOrder.TakeOver, s_backup with { State = "MASTER" }, isLast: false)!.IsDone);
        OrderOutcome higher = OrderOutcome.Of(VrrpOrder.TakeOver, s_backup with { PeerPriority = 150 }, isLast: false)!;
        Assert.Equal((false, true), (higher.IsDone, higher.Text.Contains("10.0.0.2 (priority 150)", StringComparison.Ordinal)));
        OrderOutcome fault = OrderOutcome.Of(VrrpOrder.TakeOver, s_backup with { State = "FAULT", Reason = "interface eth0 down" }, isLast: false)!;
        Assert.Equal((false, true), (fault.IsDone, fault.Text.Contains("eth0 down", StringComparison.Ordinal)));
    }
}
