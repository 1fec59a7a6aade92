using Pointsman.Base;
using Pointsman.Vrrp;
using Pointsman.Vrrp.Rivals;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>Another master an instance sees that its election does not bring in.</summary>
/// <param name="Discard">Why its adverts are not heard, when they are rejected.</param>
/// <param name="Address">Null when it is known by its hardware address only.</param>
/// <param name="Claimed">The virtual address it answered for; null when it did for none so far.</param>
/// <param name="Theirs">Its value of what differs; empty when nothing is known to.</param>
/// <param name="Text">All of it in words.</param>
public sealed record RivalSnapshot(
    RivalCause Cause,
    VrrpDiscardReason Discard,
    IpAddress? Address,
    MacAddress? Mac,
    IpAddress? Claimed,
    string Theirs,
    string Ours,
    string Text,
    TimeSpan SeenFor);
