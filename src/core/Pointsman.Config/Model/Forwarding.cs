using System.Globalization;

namespace Pointsman.Config.Model;

/// <summary>Words for how packets reach a server.</summary>
public static class Forwarding
{
    public static bool IsTunnel(this LoadBalanceKind kind) => kind is not (LoadBalanceKind.Dr or LoadBalanceKind.Nat);

    public static bool IsGre(this LoadBalanceKind kind) => kind is LoadBalanceKind.TunGre or LoadBalanceKind.TunGreCsum;

    public static bool IsGue(this LoadBalanceKind kind) =>
        kind is LoadBalanceKind.TunGue or LoadBalanceKind.TunGueCsum or LoadBalanceKind.TunGueRemcsum;

    /// <summary>As it is typed after <c>lb_kind</c>.</summary>
    /// <param name="port">Of GUE.</param>
    public static string Typed(LoadBalanceKind kind, ushort port) => kind switch
    {
        LoadBalanceKind.Dr => "DR",
        LoadBalanceKind.Nat => "NAT",
        LoadBalanceKind.Tun => "TUN",
        LoadBalanceKind.TunGre => "TUN type gre",
        LoadBalanceKind.TunGreCsum => "TUN type gre csum",
        LoadBalanceKind.TunGue => string.Create(CultureInfo.InvariantCulture, $"TUN type gue port {port}"),
        LoadBalanceKind.TunGueCsum => string.Create(CultureInfo.InvariantCulture, $"TUN type gue port {port} csum"),
        LoadBalanceKind.TunGueRemcsum => string.Create(CultureInfo.InvariantCulture, $"TUN type gue port {port} remcsum"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
