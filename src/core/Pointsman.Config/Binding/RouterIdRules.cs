using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>On one interface a virtual router id names one virtual router: two would hear each other's adverts.</summary>
internal static class RouterIdRules
{
    public static void Check(List<Bound<VrrpInstanceConfig>> instances, DiagnosticSink sink)
    {
        var owners = new Dictionary<(string Interface, byte Id), Bound<VrrpInstanceConfig>>();
        foreach (Bound<VrrpInstanceConfig> bound in instances)
        {
            VrrpInstanceConfig instance = bound.Value;
            if (instance.VirtualRouterId == 0 || instance.Interface.Length == 0)
            {
                continue;
            }

            if (!owners.TryAdd((instance.Interface, instance.VirtualRouterId), bound))
            {
                Bound<VrrpInstanceConfig> owner = owners[(instance.Interface, instance.VirtualRouterId)];
                Report(bound, owner, sink);
            }
        }
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
