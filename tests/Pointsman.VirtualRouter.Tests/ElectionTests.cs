using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

public sealed class ElectionTests
{
    [Fact]
    public void TwoRoles_Start_HigherPriorityHoldsAddressAndLease()
    {
        using Network network = Network.Create();
        using var low = new Node(network.AddMachine(1), priority: 100);
        using var high = new Node(network.AddMachine(2), priority: 150);

        low.Start();
        low.ExpectState(VrrpState.Master);
        high.Start();
        high.ExpectState(VrrpState.Master);
        RoleEvent.StateChanged yielded = low.Expect<RoleEvent.StateChanged>(
            changed => changed is { From: VrrpState.Master, To: VrrpState.Backup });

        Assert.Equal(VrrpReason.HigherPriorityHeard, yielded.Reason);
        Node.WaitUntil(() => high.HasVip && high.IsArmed, () => "the master does not hold the address:\n" + high.Said());
        Node.WaitUntil(() => !low.HasVip && !low.IsArmed, () => "the backup did not let go:\n" + low.Said());
    }
}
