namespace Pointsman.Vrrp.Rivals;

/// <summary>Why two machines hold, or may hold, one virtual router's addresses. Later members say more than earlier ones.</summary>
public enum RivalCause
{
    None,

    /// <summary>Somebody else answers for an address, and nobody's adverts are heard: a firewall, or no multicast.</summary>
    NothingHeard,

    /// <summary>Somebody else answers for an address although the adverts of another node are heard and in order.</summary>
    Unexplained,

    /// <summary>Another's adverts carry our router id and none of our addresses: a cluster of somebody else.</summary>
    ForeignCluster,

    /// <summary>A lower master is heard and goes on: ours do not reach it, or it refuses them.</summary>
    Unheard,

    /// <summary>The same, and its address list differs from ours: older keepalived refuses such adverts.</summary>
    AddressList,

    /// <summary>Another's adverts carry our addresses and another router id.</summary>
    RouterId,

    /// <summary>Another's adverts come and are not heard, for the reason of <c>Discard</c>.</summary>
    Rejected,
}
