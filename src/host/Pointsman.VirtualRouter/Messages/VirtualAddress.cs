using Pointsman.Base;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>A virtual address as it stands on the interface while this node is master.</summary>
/// <param name="Device">Null: the instance's interface.</param>
/// <param name="Label">IPv4 only; null: none.</param>
public sealed record VirtualAddress(IpPrefix Prefix, string? Device = null, string? Label = null);
