namespace Pointsman.Vrrp.Rivals;

/// <summary>What an instance does when another machine answers for its addresses and no advert explains that.</summary>
public enum RivalPolicy
{
    /// <summary>As keepalived: silence is death. It takes the addresses, keeps them, and announces them.</summary>
    Announce,

    /// <summary>It does not take them while they are answered for, and lets go of them when it has them.</summary>
    Yield,

    /// <summary>It does not take them while they are answered for, and keeps them when it has them.</summary>
    Hold,
}
