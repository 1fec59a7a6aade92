namespace Pointsman.VirtualRouter.Messages;

/// <summary>The nftables table for addresses that must not answer.</summary>
/// <param name="Table">It is the role's own: what stands in it is lost.</param>
/// <param name="Priority">Of its chains; below zero they come before those of the host's filter.</param>
/// <param name="HasCounters">Its rules count what they drop.</param>
public sealed record FirewallSettings(string Table = "pointsman", int Priority = -1, bool HasCounters = false);
