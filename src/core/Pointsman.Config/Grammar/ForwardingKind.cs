using Pointsman.Config.Binding;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary>What <c>lb_kind</c> and <c>lvs_method</c> take.</summary>
internal static class ForwardingKind
{
    public static Argument Argument { get; } =
        new(ArgumentKind.Forwarding, "`NAT`, `DR` or `TUN`; of tunnels `TUN type ipip`, `TUN type gre`, `TUN type gue port N`, then `nocsum`, `csum` or (gue) `remcsum`");

    public static LoadBalanceKind Of(Setting setting) => Enum.Parse<LoadBalanceKind>(setting.Value.Text);
}
