namespace Pointsman.Config.Model;

/// <summary><c>lb_kind</c>.</summary>
public enum LoadBalanceKind
{
    Dr,
}
