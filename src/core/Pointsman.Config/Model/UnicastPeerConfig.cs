using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary>A line of <c>unicast_peer</c>.</summary>
public sealed record UnicastPeerConfig(IpAddress Address, byte? MinTtl, byte? MaxTtl, SourceSpan Source);
