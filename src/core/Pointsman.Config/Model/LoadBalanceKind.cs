namespace Pointsman.Config.Model;

/// <summary><c>lb_kind</c>, <c>lvs_method</c>.</summary>
public enum LoadBalanceKind
{
    /// <summary>Direct routing: only the Ethernet header changes.</summary>
    Dr,

    /// <summary>Masquerading: addresses and ports are translated, and answers come back through the director.</summary>
    Nat,

    /// <summary>A tunnel, IP in IP: packets go whole within others, over routers as well.</summary>
    Tun,

    /// <summary>The same by GRE (<c>TUN type gre</c>).</summary>
    TunGre,

    /// <summary>The same by generic UDP encapsulation (<c>TUN type gue port N</c>).</summary>
    TunGue,

    /// <summary>GRE with its checksum (<c>csum</c>).</summary>
    TunGreCsum,

    /// <summary>GUE with that of UDP.</summary>
    TunGueCsum,

    /// <summary>GUE with remote checksum offload (<c>remcsum</c>).</summary>
    TunGueRemcsum,
}
