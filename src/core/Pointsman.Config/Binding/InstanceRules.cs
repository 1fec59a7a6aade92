using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>What must hold inside one <c>vrrp_instance</c>, and what keepalived assumes when a setting is absent.</summary>
internal static class InstanceRules
{
    /// <summary>The priority of the address owner (RFC 3768 §5.3.4).</summary>
    public const byte OwnerPriority = 255;

    public static VrrpInstanceConfig Complete(
        Bound<VrrpInstanceConfig> bound, GlobalDefinitions global, bool hasGaps, DiagnosticSink sink)
    {
        VrrpInstanceConfig instance = bound.Value;
        RequireSetting(bound, "interface", "type the interface that faces the clients, such as `interface eth0`", sink);
        RequireSetting(bound, "virtual_router_id", "type the same number from 1 to 255 on every node", sink);
        if (instance.Interface == "lo")
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.LoopbackInterface, bound.PlaceOf("interface"), Header(bound.Owner)));
        }

        instance = AssumeState(bound, AssumePriority(bound, instance, sink));
        instance = GarpRules.Complete(bound, instance, global.Garp);
        instance = PreemptionRules.Complete(bound, instance, sink);
        instance = VmacRules.Complete(bound, instance, sink);
        if (instance.VirtualAddresses.IsEmpty && !hasGaps)
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.NoVirtualAddress, bound.Owner.HeaderSpan, Header(bound.Owner)) with
            {
                Hint = "add `virtual_ipaddress { ... }`",
            });
        }

        instance = AdvertRules.Complete(bound, instance, global.Adverts, sink) with
        {
            OwnerIgnoresAdverts = bound.Has("owner_ignore_adverts") ? instance.OwnerIgnoresAdverts : global.OwnerIgnoresAdverts,
        };
        return StrictRules.Complete(bound, instance, global, sink);
    }

    public static string Header(Statement statement) =>
        string.Join(' ', statement.Words.Take(3).Select(word => word.Text));

    private static void RequireSetting(Bound<VrrpInstanceConfig> bound, string name, string hint, DiagnosticSink sink)
    {
        if (!bound.Has(name))
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.MissingSetting, bound.Owner.HeaderSpan, Header(bound.Owner), name) with
            {
                Hint = hint,
            });
        }
    }

    // RFC 3768 §6.4.1, RFC 9568 §6.4.1: the owner does not wait; keepalived takes `state` from the priority where it is not given.
    private static VrrpInstanceConfig AssumeState(Bound<VrrpInstanceConfig> bound, VrrpInstanceConfig instance) =>
        instance.Priority == OwnerPriority && !bound.Has("state") ? instance with { StartsAsMaster = true } : instance;

    private static VrrpInstanceConfig AssumePriority(
        Bound<VrrpInstanceConfig> bound, VrrpInstanceConfig instance, DiagnosticSink sink)
    {
        if (bound.Has("priority") || !instance.StartsAsMaster)
        {
            return instance;
        }

        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.PriorityAssumed, bound.PlaceOf("state")) with
        {
            Label = "the highest there is: no other node can take over from it",
            Hint = "type `priority 150`, or another number from 1 to 254",
        });
        return instance with { Priority = OwnerPriority };
    }
}
