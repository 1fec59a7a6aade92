using Pointsman.App.Run;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.App.Tests.Run;

/// <summary>What a VRRP process that takes the place of one that died is told of orders, and what the next daemon knows.</summary>
public sealed class StandingOrdersTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pointsman-orders-").FullName;

    private string Note => Path.Combine(_directory, "maintenance");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(VrrpState.Leaving, VrrpState.Master, VrrpReason.NoSuccessor, true)]
    [InlineData(VrrpState.Leaving, VrrpState.Backup, VrrpReason.Overslept, true)]
    [InlineData(VrrpState.Leaving, VrrpState.Backup, VrrpReason.HandedOver, false)]
    [InlineData(VrrpState.Backup, VrrpState.Fault, VrrpReason.Maintenance, false)]
    [InlineData(VrrpState.Master, VrrpState.Backup, VrrpReason.Overslept, false)]
    public void Maintenance_EndsOnlyWhenTheFarewellFailed(VrrpState from, VrrpState to, VrrpReason reason, bool ends)
    {
        var orders = new StandingOrders(Note);
        orders.Set("VI_1", VrrpOrder.Rest);
        orders.OnStateChanged(Changed(from, to, reason));
        Assert.Equal(ends, orders.All.IsEmpty);
        Assert.Equal(ends, Reread().All.IsEmpty);
    }

    [Theory]
    [InlineData(VrrpOrder.StandAside, VrrpState.Backup, VrrpState.Master, VrrpReason.AdvertTimeout, true)]
    [InlineData(VrrpOrder.TakeOver, VrrpState.Backup, VrrpState.Master, VrrpReason.TakingOver, true)]
    [InlineData(VrrpOrder.StandAside, VrrpState.Leaving, VrrpState.Master, VrrpReason.NoSuccessor, true)]
    [InlineData(VrrpOrder.StandAside, VrrpState.Leaving, VrrpState.Backup, VrrpReason.Overslept, true)]
    [InlineData(VrrpOrder.StandAside, VrrpState.Leaving, VrrpState.Backup, VrrpReason.HandedOver, false)]
    [InlineData(VrrpOrder.StandAside, VrrpState.Initialize, VrrpState.Master, VrrpReason.Resumed, false)]
    public void OthersEndWithTheNextMaster(VrrpOrder order, VrrpState from, VrrpState to, VrrpReason reason, bool ends)
    {
        var orders = new StandingOrders(Note);
        orders.Set("VI_1", order);
        orders.Set("VI_2", order);
        orders.OnStateChanged(Changed(from, to, reason));
        string[] left = ends ? ["VI_2"] : ["VI_1", "VI_2"];
        Assert.Equal(left.Select(instance => new StandingOrder(instance, order)), orders.All);
        Assert.Empty(Reread().All);
    }

    [Fact]
    public void AnotherOrder_TakesTheFormersPlace_NoneEndsIt()
    {
        var orders = new StandingOrders(Note);
        orders.Set("VI_1", VrrpOrder.Rest);
        orders.Set("VI_1", VrrpOrder.TakeOver);
        Assert.Equal([new StandingOrder("VI_1", VrrpOrder.TakeOver)], orders.All);
        orders.Set("VI_1", VrrpOrder.RestUnserved);
        Assert.Equal([new StandingOrder("VI_1", VrrpOrder.RestUnserved)], orders.All);
        Assert.Equal(orders.All, Reread().All);
        orders.Set("VI_1", VrrpOrder.None);
        Assert.Empty(orders.All);
    }

    private static RoleEvent.StateChanged Changed(VrrpState from, VrrpState to, VrrpReason reason) => new("VI_1", from, to, 100, reason, "");

    private StandingOrders Reread()
    {
        var next = new StandingOrders(Note);
        next.Read();
        return next;
    }
}
