namespace Pointsman.Config.Model;

/// <summary><c>lb_algo</c>.</summary>
public enum LoadBalanceAlgorithm
{
    Rr,
    Wrr,
    Lc,
    Wlc,
}
