using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>What an instance announces where it says nothing: what <c>global_defs</c> says, then keepalived's defaults.</summary>
internal static class GarpRules
{
    public static VrrpInstanceConfig Complete(Bound<VrrpInstanceConfig> bound, VrrpInstanceConfig instance, GarpDefaults garp) => instance with
    {
        GarpMasterDelay = bound.Has("garp_master_delay") ? instance.GarpMasterDelay
            : garp.MasterDelay ?? (garp.MinGarp ? TimeSpan.Zero : instance.GarpMasterDelay),
        GarpMasterRepeat = bound.Has("garp_master_repeat") ? instance.GarpMasterRepeat
            : garp.MasterRepeat ?? (garp.MinGarp ? 1 : instance.GarpMasterRepeat),
        GarpMasterRefresh = bound.Has("garp_master_refresh") ? instance.GarpMasterRefresh
            : garp.MasterRefresh ?? instance.GarpMasterRefresh,
        GarpMasterRefreshRepeat = bound.Has("garp_master_refresh_repeat") ? instance.GarpMasterRefreshRepeat
            : garp.MasterRefreshRepeat ?? instance.GarpMasterRefreshRepeat,
        GarpLowerPrioDelay = instance.GarpLowerPrioDelay ?? garp.LowerPrioDelay,
        GarpLowerPrioRepeat = instance.GarpLowerPrioRepeat ?? garp.LowerPrioRepeat,
        GarpExtra = instance.GarpExtra ?? garp.Extra,
        LowerPrioNoAdvert = bound.Has("lower_prio_no_advert") ? instance.LowerPrioNoAdvert : garp.LowerPrioNoAdvert,
        HigherPrioSendAdvert = bound.Has("higher_prio_send_advert") ? instance.HigherPrioSendAdvert : garp.HigherPrioSendAdvert,
    };
}
