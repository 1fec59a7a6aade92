using Pointsman.Base;

namespace Pointsman.Vrrp.Rivals;

/// <summary>Another master as it is seen, and what probably keeps it and us apart.</summary>
public sealed record RivalSighting
{
    public required RivalCause Cause { get; init; }

    /// <summary>For <see cref="RivalCause.Rejected"/>.</summary>
    public VrrpDiscardReason Discard { get; init; }

    /// <summary>The address its adverts come from; default when it is known by its hardware address only.</summary>
    public IpAddress Address { get; init; }

    /// <summary>Default when it is not known.</summary>
    public MacAddress Mac { get; init; }

    /// <summary>The virtual address it answered for; default when it did for none so far.</summary>
    public IpAddress Claimed { get; init; }

    /// <summary>Its value of what differs; empty when nothing is known to.</summary>
    public string Theirs { get; init; } = "";

    /// <summary>Our value of what differs.</summary>
    public string Ours { get; init; } = "";

    public required Instant Since { get; init; }

    /// <summary>All of it in one line, without the instance's name.</summary>
    public string Text => RivalText.Describe(this);
}
