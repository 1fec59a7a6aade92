using Pointsman.Control.Status;
using Pointsman.Vrrp;

namespace Pointsman.App.Mastership;

/// <summary>What came of an order, in one line.</summary>
/// <param name="IsDone">It is as was ordered.</param>
internal sealed record OrderOutcome(bool IsDone, string Text)
{
    private const string ServesOn = "nobody took over, so this node serves on; is the other director running (`pointsman status` there)?";

    /// <param name="isLast">No more is waited: say how it stands.</param>
    /// <returns>Null: not decided yet.</returns>
    internal static OrderOutcome? Of(VrrpOrder order, InstanceStatus now, bool isLast) => order switch
    {
        VrrpOrder.StandAside => now.State switch
        {
            "BACKUP" when now.Peer is not null => new(true, $"handed over to {Peer(now)}; this node stands aside"),
            "BACKUP" when isLast => new(true, "handed over; nothing is heard of the new master yet"),
            "MASTER" when now.Order is null => new(false, ServesOn),
            _ => Undecided(now, isLast),
        },
        VrrpOrder.Rest => now.State switch
        {
            "FAULT" => new(true, "out for maintenance until `pointsman vrrp maintenance off`"),
            "MASTER" when now.Order is null => new(false, ServesOn + " `--force` takes it out all the same"),
            _ => Undecided(now, isLast),
        },
        VrrpOrder.RestUnserved => now.State == "FAULT"
            ? new(true, "out for maintenance until `pointsman vrrp maintenance off`, whoever serves")
            : Undecided(now, isLast),
        VrrpOrder.TakeOver => now.State switch
        {
            "MASTER" => new(true, "master"),
            "BACKUP" when now.PeerPriority >= now.EffectivePriority => new(
                false,
                $"{Peer(now)} would take it back from priority {now.EffectivePriority}: hand over there (`pointsman vrrp failover`)"),
            "FAULT" => new(false, $"this node is in FAULT ({now.Reason})"),
            _ => Undecided(now, isLast),
        },
        VrrpOrder.None or _ => now.State switch
        {
            "MASTER" or "BACKUP" => new(true, $"in service: {now.State}"),
            "FAULT" when isLast => new(false, $"no longer out by order, but in FAULT ({now.Reason})"),
            _ => Undecided(now, isLast),
        },
    };

    private static string Peer(InstanceStatus now) =>
        now.PeerPriority is int priority ? $"{now.Peer} (priority {priority})" : now.Peer ?? "the other node";

    private static OrderOutcome? Undecided(InstanceStatus now, bool isLast) =>
        isLast ? new(false, $"not done, it is {now.State} ({now.Reason})") : null;
}
