using Pointsman.App.Run;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.App.Tests.Run;

/// <summary>When a node is no longer out for maintenance although nobody has put it back.</summary>
public sealed class OrderPartTests
{
    [Theory]
    [InlineData(VrrpState.Leaving, VrrpState.Master, VrrpReason.NoSuccessor, true)]
    [InlineData(VrrpState.Leaving, VrrpState.Backup, VrrpReason.Overslept, true)]
    [InlineData(VrrpState.Leaving, VrrpState.Backup, VrrpReason.HandedOver, false)]
    [InlineData(VrrpState.Backup, VrrpState.Fault, VrrpReason.Maintenance, false)]
    [InlineData(VrrpState.Master, VrrpState.Backup, VrrpReason.Overslept, false)]
    public void EndsMaintenance_OnlyWhenTheFarewellFailed(VrrpState from, VrrpState to, VrrpReason reason, bool ends) =>
        Assert.Equal(ends, OrderPart.EndsMaintenance(new RoleEvent.StateChanged("VI_1", from, to, 100, reason, "")));
}
