namespace Pointsman.Vrrp;

/// <summary>What an instance has counted since it was made.</summary>
public sealed class VrrpCounters
{
    private readonly long[] _discarded = new long[Enum.GetValues<VrrpDiscardReason>().Length];

    public long AdvertsSent { get; internal set; }

    /// <summary>Adverts that passed all checks.</summary>
    public long AdvertsReceived { get; internal set; }

    public long BecameMaster { get; internal set; }

    public long ReleasedMaster { get; internal set; }

    public long PriorityZeroSent { get; internal set; }

    public long PriorityZeroReceived { get; internal set; }

    /// <summary>Adverts heard although their address list is not ours.</summary>
    public long AddressListMismatches { get; internal set; }

    /// <summary>Version 3 adverts heard although their interval is not ours.</summary>
    public long IntervalMismatches { get; internal set; }

    /// <summary>Other masters told of, and what changed about them.</summary>
    public long RivalsSeen { get; internal set; }

    /// <summary>ARP in which another answered for our addresses.</summary>
    public long RivalClaims { get; internal set; }

    /// <summary>Questions by ARP who answers for an address.</summary>
    public long RivalProbesSent { get; internal set; }

    /// <summary>Times a takeover was put off because another answered for the addresses.</summary>
    public long TakeoversHeld { get; internal set; }

    /// <summary>Times the addresses were let go of because another answered for them.</summary>
    public long YieldedToRival { get; internal set; }

    public long ActionsFailed { get; internal set; }

    public long Discarded(VrrpDiscardReason reason) => _discarded[(int)reason];

    internal void Discard(VrrpDiscardReason reason) => _discarded[(int)reason]++;
}
