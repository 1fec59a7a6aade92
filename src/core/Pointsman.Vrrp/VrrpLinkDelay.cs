namespace Pointsman.Vrrp;

/// <summary>How long a link must be down, or up again, before it counts.</summary>
public sealed record VrrpLinkDelay(string Interface, TimeSpan Down, TimeSpan Up);
