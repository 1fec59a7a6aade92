using Pointsman.Base.Routing;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>A rule of routing the role sets.</summary>
/// <param name="IsUntracked">Somebody who takes it away may do so.</param>
/// <param name="Group">Static ones: the group that is not whole without it; null: none.</param>
public sealed record VirtualRule(IpRule Rule, bool IsUntracked = false, string? Group = null);
