namespace Pointsman.Balance;

/// <summary>IPVS schedulers; each is called in lower case by ipvsadm and keepalived.</summary>
public enum SchedulerKind
{
    /// <summary>The next one, round and round.</summary>
    Rr,

    /// <summary>The same, by weight.</summary>
    Wrr,

    /// <summary>The one with the fewest connections.</summary>
    Lc,

    /// <summary>The one with the fewest connections per weight.</summary>
    Wlc,

    /// <summary>The one whose next connection is expected to wait least.</summary>
    Sed,

    /// <summary>An idle one, else as <see cref="Sed"/>.</summary>
    Nq,

    /// <summary>The one of the highest weight.</summary>
    Fo,

    /// <summary>The one of the highest weight that has not more active connections than that.</summary>
    Ovf,

    /// <summary>By a hash of the client's address.</summary>
    Sh,

    /// <summary>By a hash of the virtual address.</summary>
    Dh,

    /// <summary>By a hash of the client's address that a change of servers disturbs least (Maglev).</summary>
    Mh,

    /// <summary>The better of two that are drawn by weight.</summary>
    Twos,

    /// <summary>One server for each virtual address, as long as it is not loaded.</summary>
    Lblc,

    /// <summary>Some servers for each virtual address, more while they are loaded.</summary>
    Lblcr,
}
