using System.Collections.Immutable;
using Pointsman.Config.Binding;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary>The rows about virtual MAC addresses, of <c>global_defs</c> and <c>vrrp_instance</c>.</summary>
internal static class VmacGrammar
{
    // Behind it come at most a digit, a dot, and the router id; the kernel takes fifteen characters.
    private const int PrefixLengthLimit = 9;

    public static ImmutableArray<Keyword<GlobalDefinitions>> GlobalRows { get; } =
    [
        new("vmac_prefix", Argument.Text("up to nine letters"), "how interfaces with a virtual MAC are called",
            (global, setting) => IsPrefix(setting) ? global with { VmacPrefix = setting.Value.Text } : global)
        { Default = "vrrp" },

        new("vmac_addr_prefix", Argument.Text("up to nine letters"),
            "how further interfaces with a virtual MAC are called, for addresses beside the instance's interface",
            (global, setting) => IsPrefix(setting) ? global with { VmacAddressPrefix = setting.Value.Text } : global)
        { Default = "vmac_prefix" },
    ];

    public static ImmutableArray<Keyword<VrrpInstanceConfig>> InstanceRows { get; } =
    [
        new("use_vmac", Argument.OptionalTexts(VmacLine.Form), "adverts and addresses with the virtual router's own MAC address",
            (instance, setting) => instance with { Vmac = VmacLine.Read(instance.Vmac, setting) })
        { Default = "off; named vrrp.ID" },

        new("vmac_xmit_base", Argument.Nothing, "with `use_vmac`, adverts from the interface itself", (instance, _) =>
            instance with { Vmac = instance.Vmac with { TransmitsFromBase = true } }),

        new("use_vmac_addr", Argument.Nothing, "such a MAC for addresses on other interfaces, or of the other family", (instance, _) =>
            instance with { Vmac = instance.Vmac with { ForOtherAddresses = true } }),
    ];

    private static bool IsPrefix(Setting setting)
    {
        Syntax.Word word = setting.Statement.Words[1];
        return word.Text.Length <= PrefixLengthLimit
            ? InterfaceName.Check(word, setting.Sink)
            : ArgumentReader.ReportWrong(word, "a prefix of up to nine letters", setting.Sink);
    }
}
