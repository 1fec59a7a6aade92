using Pointsman.Base;
using Pointsman.Dataplane;
using Pointsman.VirtualRouter;
using Pointsman.VirtualRouter.Client;

namespace Pointsman.App.Run;

/// <summary>The hidden command that the daemon starts its VRRP role with.</summary>
internal static class RoleCommandLine
{
    internal const string Name = RoleLaunch.CommandName;

    internal static int Run() => VirtualRouterProcess.Run(OpenLeases);

    // The role is started after the data path is up; maps that are missing then are a fault worth dying of.
    private static IOwnershipLeases OpenLeases(string pinDirectory) => new DataplaneLeases(
        OwnershipLeases.TryOpen(pinDirectory)
        ?? throw new DataplaneException($"no data path is pinned at {pinDirectory}"));

    /// <summary>The data path's leases in the shape the VRRP role knows.</summary>
    private sealed class DataplaneLeases(OwnershipLeases leases) : IOwnershipLeases
    {
        private readonly (IpAddress Address, MacAddress Mac)[] _peers = new (IpAddress, MacAddress)[OwnershipLeases.PeersHeard];
        private int _nextPeer;

        public bool IsArmed(int slot) => leases.Read(slot).IsArmed;

        public void Arm(int slot, TimeSpan claims, TimeSpan forwards) => leases.Renew(slot, claims, forwards);

        public void Disarm(int slot) => leases.Release(slot);

        // A few places in turn: a director that came back with another MAC is known by both.
        public void LearnPeer(IpAddress address, MacAddress mac)
        {
            foreach ((IpAddress knownAddress, MacAddress knownMac) in _peers)
            {
                if (knownAddress == address && knownMac == mac)
                {
                    return;
                }
            }

            _peers[_nextPeer] = (address, mac);
            leases.SetPeer(_nextPeer, mac, address);
            _nextPeer = (_nextPeer + 1) % _peers.Length;
        }

        public void Dispose() => leases.Dispose();
    }
}
