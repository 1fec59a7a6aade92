using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>A mark of the firewall says nothing of addresses: its packets are of the family that its real servers are.</summary>
internal static class MarkRules
{
    public static Bound<VirtualServerDraft> WithFamily(Bound<VirtualServerDraft> bound)
    {
        if (!bound.Value.Config.Targets.Any(target => target.Address.Mark != 0) || bound.Value.RealServers.IsEmpty)
        {
            return bound;
        }

        IpFamily family = bound.Value.RealServers[0].Value.Address.Address.Family;
        return bound with { Value = bound.Value.With(config => config with
        {
            Address = Of(config.Address, family),
            Members = [.. config.Members.Select(target => new VirtualTarget(Of(target.Address, family)))],
            PersistencePrefixLength = bound.Has("persistence_granularity") || config.Address.Mark == 0
                ? config.PersistencePrefixLength
                : Of(config.Address, family).Address.LengthBits,
        }) };
    }

    private static TransportEndpoint Of(TransportEndpoint target, IpFamily family) =>
        target.Mark == 0 ? target : TransportEndpoint.OfMark(target.Mark, family);
}
