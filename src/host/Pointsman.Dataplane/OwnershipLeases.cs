using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane;

/// <summary>
/// The right to balance the services of an address and to answer for it: held while somebody renews it. Once the object
/// is made nothing here allocates, waits or can be refused: the real-time thread of the VRRP process writes into the
/// memory that packets read.
/// </summary>
public sealed class OwnershipLeases : IDisposable
{
    private readonly MappedArray<PmLease> _leases;
    private readonly MappedArray<PmPeer> _peers;
    private readonly MappedArray<PmPeerFilter> _peerFilter;
    private readonly TickClock _clock;
    private readonly uint _ticksPerSecond;

    private OwnershipLeases(
        MappedArray<PmLease> leases,
        (MappedArray<PmPeer> List, MappedArray<PmPeerFilter> Filter) peers,
        TickClock clock,
        uint ticksPerSecond)
    {
        _leases = leases;
        (_peers, _peerFilter) = peers;
        _clock = clock;
        _ticksPerSecond = ticksPerSecond;
    }

    /// <summary>How many other directors the VRRP process can tell of.</summary>
    public const int PeersHeard = PmLimit.PeersHeard;

    public const int SlotCount = PmLimit.Leases;

    /// <summary>Null when no data path is pinned there.</summary>
    public static OwnershipLeases? TryOpen(string pinDirectory)
    {
        var paths = new PinPaths(pinDirectory);
        using BpfMap? leases = BpfMap.TryOpen(paths.Of(Names.Leases));
        using BpfMap? peers = BpfMap.TryOpen(paths.Of(Names.Peers));
        using BpfMap? peerFilter = BpfMap.TryOpen(paths.Of(Names.PeerFilter));
        using BpfMap? settings = BpfMap.TryOpen(paths.Of(Names.Settings));
        using BpfProgram? now = BpfProgram.TryOpen(paths.Of(Names.NowProgram));
        return leases is null || peers is null || peerFilter is null || settings is null || now is null
            || !settings.TryLookup(0u, out PmSettings values)
            ? null
            : new OwnershipLeases(
                leases.Map<PmLease>(writable: true),
                (peers.Map<PmPeer>(writable: true), peerFilter.Map<PmPeerFilter>(writable: true)),
                TickClock.Calibrate(now),
                values.TicksPerSecond);
    }

    /// <summary>Grants the lease, or prolongs it.</summary>
    /// <param name="claims">How long from now the address is answered for, unless it is renewed.</param>
    /// <param name="forwards">
    /// How long from now what comes to the address is balanced, unless another node announces itself as its owner when it
    /// is no more claimed. A service that this node is a real server of is balanced only while the address is claimed.
    /// </param>
    public void Renew(int slot, TimeSpan claims, TimeSpan forwards)
    {
        ref PmLease lease = ref Lease(slot);
        ulong now = _clock.Now;
        Volatile.Write(ref lease.ForwardsUntil, now + Clock.ToTicks(forwards, _ticksPerSecond));
        Volatile.Write(ref lease.ClaimsUntil, now + Clock.ToTicks(claims, _ticksPerSecond));
        lease.Renewals++;
    }

    /// <summary>Ends the lease now.</summary>
    public void Release(int slot)
    {
        ref PmLease lease = ref Lease(slot);
        Volatile.Write(ref lease.ForwardsUntil, 0);
        Volatile.Write(ref lease.ClaimsUntil, 0);
        lease.Renewals++;
    }

    public LeaseView Read(int slot)
    {
        PmLease lease = Lease(slot);
        ulong now = _clock.Now;
        return new LeaseView(Remaining(lease.ClaimsUntil), Remaining(lease.ForwardsUntil), lease.Renewals);

        TimeSpan Remaining(ulong until) =>
            until > now ? Clock.ToTime((long)(until - now), _ticksPerSecond) : TimeSpan.Zero;
    }

    /// <summary>Tells the data path of a director heard on the wire; a MAC of zero takes the place back.</summary>
    /// <param name="index">Below <see cref="PeersHeard"/>.</param>
    public void SetPeer(int index, MacAddress mac, IpAddress address)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, PmLimit.PeersHeard);
        PeerDirector? peer = mac.Bits == 0 ? null : new PeerDirector(mac, address);
        ref ulong filter = ref _peerFilter[0].Heard;

        // A peer's bit is there before the peer is and until after it was.
        Volatile.Write(ref filter, filter | (peer is null ? 0 : PeerRecord.FilterBit(mac.Bits)));
        PeerRecord.Write(ref _peers[index], peer);
        Volatile.Write(ref filter, PeerRecord.FilterOf(_peers.Span[..PmLimit.PeersHeard]));
    }

    public void Dispose()
    {
        _leases.Dispose();
        _peers.Dispose();
        _peerFilter.Dispose();
    }

    private ref PmLease Lease(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, PmLimit.Leases);
        return ref _leases[slot];
    }
}
