using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>What holds of an instance's virtual MAC address.</summary>
internal static class VmacRules
{
    public static VrrpInstanceConfig Complete(Bound<VrrpInstanceConfig> bound, VrrpInstanceConfig instance, DiagnosticSink sink)
    {
        VmacConfig vmac = instance.Vmac;
        if (vmac is { TransmitsFromBase: true, IsUsed: false })
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.Obsolete, bound.PlaceOf("vmac_xmit_base"), "vmac_xmit_base", "there is no `use_vmac`") with
            {
                Hint = "type `use_vmac` as well, or leave the line out",
            });
        }

        return vmac is { Mac: { } mac, EndsWithRouterId: true }
            ? instance with { Vmac = vmac with { Mac = new MacAddress(mac.Bits | instance.VirtualRouterId), EndsWithRouterId = false } }
            : instance;
    }

    /// <summary>Two interfaces of one name, or of one MAC address on one interface, cannot be.</summary>
    public static void CheckTwins(IReadOnlyList<Bound<VrrpInstanceConfig>> instances, DiagnosticSink sink)
    {
        var owners = new Dictionary<string, Bound<VrrpInstanceConfig>>();
        foreach (Bound<VrrpInstanceConfig> bound in instances.Where(bound => bound.Value.Vmac.IsUsed))
        {
            VmacConfig vmac = bound.Value.Vmac;
            Claim(vmac.Name is null ? null : $"the interface `{vmac.Name}`", bound, owners, sink);
            Claim($"the MAC address {MacOf(bound.Value)} on `{bound.Value.Interface}`", bound, owners, sink);
        }
    }

    private static MacAddress MacOf(VrrpInstanceConfig instance) => instance.Vmac switch
    {
        { Mac: { } typed, EndsWithRouterId: true } => new MacAddress((typed.Bits & ~0xffUL) | instance.VirtualRouterId),
        { Mac: { } typed } => typed,
        _ => MacAddress.VirtualRouter(FamilyOf(instance), instance.VirtualRouterId),
    };

    private static IpFamily FamilyOf(VrrpInstanceConfig instance) =>
        instance.VirtualAddresses.IsEmpty ? IpFamily.V4 : instance.VirtualAddresses[0].Prefix.Address.Family;

    private static void Claim(
        string? what, Bound<VrrpInstanceConfig> bound, Dictionary<string, Bound<VrrpInstanceConfig>> owners, DiagnosticSink sink)
    {
        if (what is null || bound.Value.VirtualRouterId == 0 || owners.TryAdd(what, bound))
        {
            return;
        }

        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.VmacTaken, bound.PlaceOf("use_vmac"), what, owners[what].Value.Name) with
        {
            Hint = "give each virtual router its own number and name, or `use_vmac` to one of them only",
            Related = new RelatedPlace(owners[what].PlaceOf("use_vmac"), "first used here"),
        });
    }
}
