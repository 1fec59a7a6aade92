using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>
/// A mark of the firewall says nothing of addresses: its packets are of the family that <c>ip_family</c> says; without, that its
/// first real server has.
/// </summary>
internal static class MarkRules
{
    public const string Inet = "inet";
    public const string Inet6 = "inet6";

    /// <param name="word">One of the two.</param>
    public static IpFamily FamilyOf(string word) => word == Inet6 ? IpFamily.V6 : IpFamily.V4;

    public static string WordOf(IpFamily family) => family == IpFamily.V6 ? Inet6 : Inet;

    /// <summary>Of marks that say none themselves.</summary>
    public static IpFamily FamilyOf(Bound<VirtualServerDraft> bound) => bound.Value.Config.Family
        ?? (bound.Value.RealServers.IsEmpty ? IpFamily.V4 : bound.Value.RealServers[0].Value.Address.Address.Family);

    public static Bound<VirtualServerDraft> WithFamily(Bound<VirtualServerDraft> bound)
    {
        if (bound.Value.Config.Address.Mark == 0)
        {
            return bound;
        }

        var address = TransportEndpoint.OfMark(bound.Value.Config.Address.Mark, FamilyOf(bound));
        return bound with { Value = bound.Value.With(config => config with
        {
            Address = address,
            PersistencePrefixLength = bound.Has("persistence_granularity") ? config.PersistencePrefixLength : address.Address.LengthBits,
        }) };
    }

    /// <summary>Whose word for the family of a target it was, for complaints.</summary>
    public static string SourceOf(TransportEndpoint target, VirtualServerConfig config)
    {
        if (target.Mark == 0)
        {
            return target.Address.ToString();
        }

        IpFamily family = target.Address.Family;
        TransportEndpoint? first = config.RealServers.IsEmpty ? null : config.RealServers[0].Address;
        return first is { } server && server.Address.Family == family ? server.Address.ToString()
            : config.Family == family ? $"ip_family {WordOf(family)}"
            : $"fwmark {target.Mark} {WordOf(family)}";
    }
}
