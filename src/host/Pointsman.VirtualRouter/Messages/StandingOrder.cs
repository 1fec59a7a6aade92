using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>An operator's order to an instance and its sync group that has not ended.</summary>
public sealed record StandingOrder(string Instance, VrrpOrder What);
