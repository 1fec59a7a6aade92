namespace Pointsman.Control.Status;

/// <summary>Another master of an instance's addresses or router id, and what keeps the two apart.</summary>
public sealed record RivalStatus
{
    /// <summary>nothing-heard, unexplained, foreign-cluster, unheard, address-list, router-id, rejected.</summary>
    public string Cause { get; init; } = "";

    /// <summary>Why its adverts are rejected; null when they are not.</summary>
    public string? Rejected { get; init; }

    /// <summary>Where its adverts come from; null when it is known by its hardware address only.</summary>
    public string? Address { get; init; }

    public string? Mac { get; init; }

    /// <summary>The virtual address it answered for by ARP; null when for none so far.</summary>
    public string? Claimed { get; init; }

    /// <summary>Its value of what differs; empty when nothing is known to.</summary>
    public string Theirs { get; init; } = "";

    public string Ours { get; init; } = "";

    /// <summary>All of it in words.</summary>
    public string Text { get; init; } = "";

    /// <summary>How long it has been seen like this.</summary>
    public double SeenSeconds { get; init; }
}
