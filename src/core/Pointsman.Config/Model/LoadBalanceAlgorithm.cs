namespace Pointsman.Config.Model;

/// <summary><c>lb_algo</c>.</summary>
public enum LoadBalanceAlgorithm
{
    Rr,
    Wrr,
    Lc,
    Wlc,
    Sed,
    Nq,
    Fo,
    Ovf,
    Sh,
    Dh,
    Mh,
    Twos,
    Lblc,
    Lblcr,
}
