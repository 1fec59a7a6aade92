using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>How many packets were not heard for one reason.</summary>
public sealed record DiscardCount(VrrpDiscardReason Reason, long Count);
