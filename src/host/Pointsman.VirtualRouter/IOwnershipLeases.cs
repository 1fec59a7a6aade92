using Pointsman.Base;

namespace Pointsman.VirtualRouter;

/// <summary>
/// The data plane's leases, as the VRRP role needs them: a virtual address is claimed and balanced only while its lease
/// runs. Called on the real-time thread only: no method may wait or, but for failing, allocate. A refusal of the kernel is
/// an <see cref="Linux.ErrnoException"/>.
/// </summary>
public interface IOwnershipLeases : IDisposable
{
    /// <summary>The lease of a former run has not expired.</summary>
    bool IsArmed(int slot);

    /// <summary>Grants the lease, or prolongs it: the address is claimed for this long from now.</summary>
    /// <param name="forwards">How long what comes to it is balanced, unless another announces itself before.</param>
    void Arm(int slot, TimeSpan claims, TimeSpan forwards);

    /// <summary>Ends the lease now.</summary>
    void Disarm(int slot);

    /// <summary>Another director may forward our services to us by this hardware address.</summary>
    void LearnPeer(IpAddress address, MacAddress mac);
}
