using System.Collections.Immutable;

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

    /// <summary>Claims of others, by ARP or neighbour advertisement, to our addresses.</summary>
    public long RivalClaims { get; internal set; }

    /// <summary>Questions who answers for an address.</summary>
    public long RivalProbesSent { get; internal set; }

    /// <summary>Times a takeover was put off because another answered for the addresses.</summary>
    public long TakeoversHeld { get; internal set; }

    /// <summary>Times the addresses were let go of because another answered for them.</summary>
    public long YieldedToRival { get; internal set; }

    public long ActionsFailed { get; internal set; }

    public long Discarded(VrrpDiscardReason reason) => _discarded[(int)reason];

    /// <summary>All of them, for a process that goes on where this one ends.</summary>
    public ImmutableSortedDictionary<string, long> ByName()
    {
        ImmutableSortedDictionary<string, long>.Builder builder = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        builder[nameof(AdvertsSent)] = AdvertsSent;
        builder[nameof(AdvertsReceived)] = AdvertsReceived;
        builder[nameof(BecameMaster)] = BecameMaster;
        builder[nameof(ReleasedMaster)] = ReleasedMaster;
        builder[nameof(PriorityZeroSent)] = PriorityZeroSent;
        builder[nameof(PriorityZeroReceived)] = PriorityZeroReceived;
        builder[nameof(AddressListMismatches)] = AddressListMismatches;
        builder[nameof(IntervalMismatches)] = IntervalMismatches;
        builder[nameof(RivalsSeen)] = RivalsSeen;
        builder[nameof(RivalClaims)] = RivalClaims;
        builder[nameof(RivalProbesSent)] = RivalProbesSent;
        builder[nameof(TakeoversHeld)] = TakeoversHeld;
        builder[nameof(YieldedToRival)] = YieldedToRival;
        builder[nameof(ActionsFailed)] = ActionsFailed;
        for (int i = 0; i < _discarded.Length; i++)
        {
            builder[$"{(VrrpDiscardReason)i}"] = _discarded[i];
        }

        return builder.ToImmutable();
    }

    /// <summary>Adds what another process has counted; what is not known here by that name is left out.</summary>
    public void CountOn(IReadOnlyDictionary<string, long> former)
    {
        long Former(string name) => former.TryGetValue(name, out long count) ? count : 0;
        AdvertsSent += Former(nameof(AdvertsSent));
        AdvertsReceived += Former(nameof(AdvertsReceived));
        BecameMaster += Former(nameof(BecameMaster));
        ReleasedMaster += Former(nameof(ReleasedMaster));
        PriorityZeroSent += Former(nameof(PriorityZeroSent));
        PriorityZeroReceived += Former(nameof(PriorityZeroReceived));
        AddressListMismatches += Former(nameof(AddressListMismatches));
        IntervalMismatches += Former(nameof(IntervalMismatches));
        RivalsSeen += Former(nameof(RivalsSeen));
        RivalClaims += Former(nameof(RivalClaims));
        RivalProbesSent += Former(nameof(RivalProbesSent));
        TakeoversHeld += Former(nameof(TakeoversHeld));
        YieldedToRival += Former(nameof(YieldedToRival));
        ActionsFailed += Former(nameof(ActionsFailed));
        for (int i = 0; i < _discarded.Length; i++)
        {
            _discarded[i] += Former($"{(VrrpDiscardReason)i}");
        }
    }

    internal void Discard(VrrpDiscardReason reason) => _discarded[(int)reason]++;
}
