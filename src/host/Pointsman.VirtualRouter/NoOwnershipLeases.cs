using Pointsman.Base;

namespace Pointsman.VirtualRouter;

/// <summary>For nodes that balance nothing: there is no lease to keep.</summary>
public sealed class NoOwnershipLeases : IOwnershipLeases
{
    public bool IsArmed(int slot) => false;

    public void Arm(int slot, TimeSpan claims, TimeSpan forwards)
    {
    }

    public void Disarm(int slot)
    {
    }

    public void LearnPeer(IpAddress address, MacAddress mac)
    {
    }

    public void Dispose()
    {
    }
}
