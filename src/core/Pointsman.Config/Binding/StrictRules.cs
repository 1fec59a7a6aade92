using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>
/// <c>vrrp_strict</c> and <c>strict_mode</c>: the RFC's rules to the letter, as keepalived takes them. What they forbid is told
/// and does not count; what an instance cannot be without is an error.
/// </summary>
internal static class StrictRules
{
    public static VrrpInstanceConfig Complete(
        Bound<VrrpInstanceConfig> bound, VrrpInstanceConfig instance, GlobalDefinitions global, DiagnosticSink sink)
    {
        instance = instance with { IsStrict = bound.Has("strict_mode") ? instance.IsStrict : global.IsStrict };
        if (instance.IsStrict)
        {
            instance = Strict(bound, instance, sink);
        }

        NoticeDeaf(bound, instance, sink);
        return instance;
    }

    private static VrrpInstanceConfig Strict(Bound<VrrpInstanceConfig> bound, VrrpInstanceConfig instance, DiagnosticSink sink)
    {
        void Ignored(string keyword, bool isSet, string why)
        {
            if (isSet)
            {
                sink.Report(DiagnosticCatalogue.IgnoredInStrictMode, bound.PlaceOf(keyword), keyword, why);
            }
        }

        bool isOwner = instance.Priority == byte.MaxValue;
        AdvertConfig adverts = instance.Adverts;
        Ignored("authentication", instance.AuthPass is not null, "RFC 3768 has none");
        Ignored("preempt_delay", instance.PreemptDelay > TimeSpan.Zero, "the RFCs know no such delay");
        Ignored("state", instance.StartsAsMaster != isOwner, isOwner ? "with priority 255 it is MASTER" : "MASTER is for priority 255");
        Ignored("accept", instance.Accept == true && adverts.Version == 2, "version 2 has no accept mode");
        Ignored("down_timer_adverts", adverts.DownTimerAdverts != 3, "three adverts must be missing");
        Ignored("garp_lower_prio_repeat", instance.GarpLowerPrioRepeat > 0, "an advert of lower priority is discarded");
        Ignored("lower_prio_no_advert", bound.Has("lower_prio_no_advert") && !instance.LowerPrioNoAdvert, "an advert of lower priority is discarded");
        Ignored("higher_prio_send_advert", instance.HigherPrioSendAdvert, "who gives way is silent");
        Ignored("vmac_xmit_base", instance.Vmac.TransmitsFromBase, "adverts come from the virtual router's MAC address");
        Ignored("use_vmac", instance.Vmac.Mac is not null, "the MAC address is RFC 9568's");
        if (!adverts.UnicastPeers.IsEmpty)
        {
            sink.Report(DiagnosticCatalogue.ForbiddenInStrictMode, bound.PlaceOf("unicast_peer"), "unicast_peer", "adverts go to the multicast group");
        }

        if (instance.VirtualAddresses is [var first, ..] && adverts.Family == IpFamily.V6 && !first.Prefix.Address.IsLinkLocal)
        {
            sink.Report(DiagnosticCatalogue.IgnoredInStrictMode, first.Source, first.Prefix.Address.ToString(), "the first IPv6 address is to be link-local, RFC 9568 §5.2.9");
        }

        return instance with
        {
            AuthPass = null,
            PreemptDelay = TimeSpan.Zero,
            StartsAsMaster = isOwner,
            Accept = adverts.Version == 2 && instance.Accept == true ? null : instance.Accept,
            Adverts = adverts with { DownTimerAdverts = 3, UsesAuthenticationHeader = false },
            GarpLowerPrioRepeat = 0,
            LowerPrioNoAdvert = true,
            HigherPrioSendAdvert = false,
            OwnerIgnoresAdverts = isOwner || instance.OwnerIgnoresAdverts,
            Vmac = instance.Vmac with { TransmitsFromBase = false, Mac = null, EndsWithRouterId = false },
        };
    }

    // The trap of the file that distributions shipped for years: the address moves, and answers nothing.
    private static void NoticeDeaf(Bound<VrrpInstanceConfig> bound, VrrpInstanceConfig instance, DiagnosticSink sink)
    {
        if (instance.Accepts || instance.VirtualAddresses.IsEmpty)
        {
            return;
        }

        string why = instance.Accept == false ? "no_accept" : bound.Has("strict_mode") ? "strict_mode" : "vrrp_strict";
        SourceSpan place = instance.Accept == false ? bound.PlaceOf("no_accept")
            : bound.Has("strict_mode") ? bound.PlaceOf("strict_mode") : bound.Owner.HeaderSpan;
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.DeafAddresses, place, InstanceRules.Header(bound.Owner), why) with
        {
            Hint = instance.Accept == false ? "remove it if they are to answer"
                : instance.Adverts.Version == 3 ? "type `accept` if they are to answer" : $"remove `{why}` if they are to answer",
        });
    }
}
