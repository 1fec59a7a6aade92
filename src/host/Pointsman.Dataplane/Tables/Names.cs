namespace Pointsman.Dataplane.Tables;

/// <summary>The maps and programs of bpf/, by the names they are pinned under.</summary>
internal static class Names
{
    internal const string Flows = "pm_flows";
    internal const string Clients = "pm_clients";
    internal const string Servers = "pm_servers";
    internal const string Loads = "pm_loads";
    internal const string ServerCounters = "pm_server_counters";
    internal const string Retired = "pm_retired";
    internal const string Services = "pm_services";
    internal const string Ring = "pm_ring";
    internal const string Cursors = "pm_cursors";
    internal const string Sets = "pm_sets";
    internal const string Destinations = "pm_destinations";
    internal const string Numbers = "pm_numbers";
    internal const string Addresses = "pm_addresses";
    internal const string Vips = "pm_vips";
    internal const string Prefilter = "pm_prefilter";
    internal const string Leases = "pm_leases";
    internal const string Peers = "pm_peers";
    internal const string PeerFilter = "pm_peer_filter";
    internal const string Templates = "pm_templates";
    internal const string Calls = "pm_calls";
    internal const string Callers = "pm_callers";
    internal const string Verdicts = "pm_verdicts";
    internal const string Devices = "pm_devices";
    internal const string Tags = "pm_tags";
    internal const string Backs = "pm_backs";
    internal const string Ways = "pm_ways";
    internal const string Roads = "pm_roads";
    internal const string Fragments = "pm_fragments";
    internal const string Origins = "pm_origins";
    internal const string Guises = "pm_guises";
    internal const string Wearers = "pm_wearers";
    internal const string Pools = "pm_pools";
    internal const string Locks = "pm_locks";

    /// <summary>
    /// Pinned last and found complete only when its layout is written: it says that the others are there.
    /// </summary>
    internal const string Settings = "pm_settings";

    internal const string XdpProgram = "pm_xdp";
    internal const string NowProgram = "pm_now";
    internal const string SweepProgram = "pm_sweep";
    internal const string ArriveProgram = "pm_arrive";
    internal const string MarkedProgram = "pm_marked";
    internal const string RoadProgram = "pm_road";

    internal static readonly string[] AllMaps =
    [
        Flows, Clients, Servers, Loads, ServerCounters, Retired, Services, Ring, Cursors, Sets, Destinations, Numbers, Addresses, Vips, Prefilter,
        Leases, Peers, PeerFilter, Templates, Calls, Callers, Backs, Ways, Roads, Fragments, Origins, Guises, Wearers, Pools, Verdicts, Devices, Tags,
        Locks, Settings,
    ];

    internal const string GuardAtTcProgram = "pm_guard_tc";
    internal const string GuardXdpProgram = "pm_guard_xdp";

    /// <summary>What the dead man's switch needs where nothing is balanced; the whole data path takes these over.</summary>
    internal static readonly string[] GuardMaps = [Vips, Leases, Peers, PeerFilter, Verdicts, Settings];

    internal static readonly string[] GuardPrograms = [GuardAtTcProgram, GuardXdpProgram, NowProgram];

    internal static readonly string[] AllPrograms = [XdpProgram, MarkedProgram, NowProgram, SweepProgram, ArriveProgram, RoadProgram];
}
