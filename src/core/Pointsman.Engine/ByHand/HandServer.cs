using Pointsman.Config.Model;

namespace Pointsman.Engine.ByHand;

/// <summary>A real server as it was set by hand: what <c>ipvsadm -a</c> and <c>-e</c> can say.</summary>
public sealed record HandServer(LoadBalanceKind Kind, int Weight, int UpperThreshold, int LowerThreshold)
{
    /// <summary>Of GUE.</summary>
    public ushort GuePort { get; init; }

    public override string ToString() => $"{Forwarding.Typed(Kind, GuePort)} weight {Weight} limits {UpperThreshold} {LowerThreshold}";

    internal static HandServer Of(RealServerConfig server) =>
        new(server.Kind, server.Weight, server.UpperThreshold, server.LowerThreshold) { GuePort = server.GuePort };
}
