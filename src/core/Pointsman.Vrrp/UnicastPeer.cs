using Pointsman.Base;

namespace Pointsman.Vrrp;

/// <summary>A director adverts are sent to, one by one.</summary>
/// <param name="MinTimeToLive">What arrives with less was sent from further away. Null: not looked at.</param>
/// <param name="MaxTimeToLive">Null: not looked at.</param>
public sealed record UnicastPeer(IpAddress Address, byte? MinTimeToLive = null, byte? MaxTimeToLive = null);
