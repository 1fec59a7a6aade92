using System.Globalization;

namespace Pointsman.Config.Model;

/// <summary>Words for how packets reach a server.</summary>
public static class Forwarding
{
    public static bool IsTunnel(this LoadBalanceKind kind) =>
        kind is LoadBalanceKind.Tun or LoadBalanceKind.TunGre or LoadBalanceKind.TunGue;

    /// <summary>As it is typed after <c>lb_kind</c>.</summary>
    /// <param name="port">Of GUE.</param>
    public static string Typed(LoadBalanceKind kind, ushort port) => kind switch
    {
        LoadBalanceKind.Dr => "DR",
        LoadBalanceKind.Nat => "NAT",
        LoadBalanceKind.Tun => "TUN",
        LoadBalanceKind.TunGre => "TUN type gre",
        LoadBalanceKind.TunGue => string.Create(CultureInfo.InvariantCulture, $"TUN type gue port {port}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
