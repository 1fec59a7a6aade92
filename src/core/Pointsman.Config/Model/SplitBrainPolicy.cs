namespace Pointsman.Config.Model;

/// <summary>What a node does when another machine answers for its addresses and no advert explains that.</summary>
public enum SplitBrainPolicy
{
    /// <summary>As keepalived: silence is death, so it takes the addresses and announces them.</summary>
    Announce,

    /// <summary>It does not take them, and lets go of them when it has them.</summary>
    Yield,

    /// <summary>It does not take them, and keeps them when it has them.</summary>
    Hold,
}
