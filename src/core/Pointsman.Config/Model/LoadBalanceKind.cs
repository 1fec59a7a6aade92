namespace Pointsman.Config.Model;

/// <summary><c>lb_kind</c>, <c>lvs_method</c>.</summary>
public enum LoadBalanceKind
{
    /// <summary>Direct routing: only the Ethernet header changes.</summary>
    Dr,

    /// <summary>Masquerading: addresses and ports are translated, and answers come back through the director.</summary>
    Nat,
}
