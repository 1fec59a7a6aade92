using Pointsman.Base;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;
using Pointsman.Vrrp.Rivals;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>Copies what the machine shows.</summary>
internal static class SnapshotBuilder
{
    private static readonly VrrpDiscardReason[] s_reasons = Enum.GetValues<VrrpDiscardReason>();

    internal static InstanceSnapshot Build(VrrpInstance instance, Instant now, string? rulesMissing)
    {
        VrrpCounters counters = instance.Counters;
        return new InstanceSnapshot
        {
            Name = instance.Settings.Name,
            State = instance.State,
            StateFor = now - instance.StateSince,
            EffectivePriority = instance.EffectivePriority,
            SourceAddress = OrNull(instance.SourceAddress),
            MasterAddress = OrNull(instance.MasterAddress),
            AdvertTargets = instance.AdvertTargets,
            MasterAdvertInterval = instance.MasterAdvertInterval,
            IntervalMismatches = counters.IntervalMismatches,
            MasterPriority = instance.MasterPriority,
            WantsMaster = instance.WantsMaster,
            Order = instance.Order,
            MasterDownTime = instance.MasterDownTime,
            AdvertsSent = counters.AdvertsSent,
            AdvertsReceived = counters.AdvertsReceived,
            BecameMaster = counters.BecameMaster,
            ReleasedMaster = counters.ReleasedMaster,
            PriorityZeroSent = counters.PriorityZeroSent,
            PriorityZeroReceived = counters.PriorityZeroReceived,
            AddressListMismatches = counters.AddressListMismatches,
            RulesMissing = rulesMissing,
            ActionsFailed = counters.ActionsFailed,
            Rival = instance.Rival is { } rival ? Build(rival, now) : null,
            RivalsSeen = counters.RivalsSeen,
            RivalClaims = counters.RivalClaims,
            TakeoversHeld = counters.TakeoversHeld,
            YieldedToRival = counters.YieldedToRival,
            Discarded =
            [
                .. s_reasons
                    .Where(reason => counters.Discarded(reason) > 0)
                    .Select(reason => new DiscardCount(reason, counters.Discarded(reason))),
            ],
        };
    }

    private static RivalSnapshot Build(RivalSighting rival, Instant now) => new(
        rival.Cause,
        rival.Discard,
        OrNull(rival.Address),
        rival.Mac == default ? null : rival.Mac,
        OrNull(rival.Claimed),
        rival.Theirs,
        rival.Ours,
        rival.Text,
        now - rival.Since);

    private static IpAddress? OrNull(IpAddress address) => address == default ? null : address;
}
