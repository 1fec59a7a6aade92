using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>On one interface a virtual router id names one virtual router: two would hear each other's adverts.</summary>
internal static class RouterIdRules
{
    public static void Check(List<Bound<VrrpInstanceConfig>> instances, DiagnosticSink sink)
    {
        var owners = new Dictionary<(string Interface, byte Id, string Way), Bound<VrrpInstanceConfig>>();
        foreach (Bound<VrrpInstanceConfig> bound in instances)
        {
            VrrpInstanceConfig instance = bound.Value;
            if (instance.VirtualRouterId == 0 || instance.Interface.Length == 0)
            {
                continue;
            }

            (string, byte, string) key = (instance.Interface, instance.VirtualRouterId, WayOf(instance));
            if (!owners.TryAdd(key, bound))
            {
                Bound<VrrpInstanceConfig> owner = owners[key];
                Report(bound, owner, sink);
            }
        }
    }

    // Families are apart, and so are unicast instances whose addresses differ (keepalived).
    private static string WayOf(VrrpInstanceConfig instance)
    {
        AdvertConfig adverts = instance.Adverts;
        IpAddress? first = instance.VirtualAddresses.Select(address => (IpAddress?)address.Prefix.Address).FirstOrDefault();
        return adverts.UnicastPeers.IsEmpty
            ? $"{first?.Family ?? IpFamily.V4}"
            : string.Join(' ', adverts.UnicastPeers.Select(peer => peer.Address).Order().Prepend(adverts.UnicastSource ?? default));
    }

    private static void Report(
        Bound<VrrpInstanceConfig> bound, Bound<VrrpInstanceConfig> owner, DiagnosticSink sink) =>
        sink.Add(DiagnosticSink.Make(
            DiagnosticCatalogue.RouterIdTaken,
            bound.PlaceOf("virtual_router_id"),
            bound.Value.VirtualRouterId,
            bound.Value.Interface,
            owner.Value.Name) with
        {
            Hint = "give each virtual router of an interface its own number, the same on all its nodes",
            Related = new RelatedPlace(owner.PlaceOf("virtual_router_id"), "first used here"),
        });
}
