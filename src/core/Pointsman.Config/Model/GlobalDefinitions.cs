namespace Pointsman.Config.Model;

/// <summary><c>global_defs</c>.</summary>
public sealed record GlobalDefinitions
{
    public const int ConnectionTableDefault = 1 << 18;

    /// <summary>Null: the host name.</summary>
    public string? RouterId { get; init; }

    public MailConfig Mail { get; init; } = new();

    /// <summary>Null: <c>keepalived_script</c> where there is such a user, else root.</summary>
    public string? ScriptUser { get; init; }

    public string? ScriptGroup { get; init; }

    public bool EnableScriptSecurity { get; init; }

    /// <summary>Of the files it and its scripts make; null: as it was started.</summary>
    public FileModeMask? Umask { get; init; }

    /// <summary><c>#pointsman: dead_mans_switch</c>: addresses are answered for only while the VRRP process lives.</summary>
    public bool DeadMansSwitch { get; init; } = true;

    /// <summary>Every checker logs every failed attempt.</summary>
    public bool CheckerLogAllFailures { get; init; }

    /// <summary>Null: IPVS's.</summary>
    public LvsTimeoutsConfig? LvsTimeouts { get; init; }

    /// <summary>A real server that begins up is news.</summary>
    public bool RsInitNotifies { get; init; }

    /// <summary><c>#pointsman: connection_table</c>: how many connections are remembered.</summary>
    public int ConnectionTable { get; init; } = ConnectionTableDefault;

    /// <summary><c>#pointsman: share_checks</c>: the same check of one real server runs once.</summary>
    public bool ShareChecks { get; init; } = true;

    /// <summary>No VRRP for so long after the start.</summary>
    public TimeSpan VrrpStartupDelay { get; init; }

    /// <summary><c>vrrp_delay_after_boot</c>, from the machine's boot.</summary>
    public TimeSpan VrrpDelayAfterBoot { get; init; }

    /// <summary>Where static addresses go that name no interface.</summary>
    public string DefaultInterface { get; init; } = "eth0";

    /// <summary>All instances keep to the letter of the RFC that do not say otherwise.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Owners of priority 255 hear no other, where instances do not say otherwise.</summary>
    public bool OwnerIgnoresAdverts { get; init; }

    /// <summary>The table of nftables for addresses that must not answer; null: the daemon's own name.</summary>
    public string? NftablesTable { get; init; }

    /// <summary>Of its chains.</summary>
    public int NftablesPriority { get; init; } = -1;

    public bool NftablesCounters { get; init; }

    /// <summary>How interfaces with a virtual MAC address are called, before the router id.</summary>
    public string VmacPrefix { get; init; } = "vrrp";

    /// <summary>The same for those of addresses on other interfaces; null: as <see cref="VmacPrefix"/>.</summary>
    public string? VmacAddressPrefix { get; init; }

    /// <summary>What instances announce when they say nothing else.</summary>
    public GarpDefaults Garp { get; init; } = new();

    /// <summary>Gets the events of all kinds.</summary>
    public NotifyFifoConfig? NotifyFifo { get; init; }

    /// <summary>Gets the events of VRRP.</summary>
    public NotifyFifoConfig? VrrpNotifyFifo { get; init; }

    /// <summary>Gets the events of servers.</summary>
    public NotifyFifoConfig? LvsNotifyFifo { get; init; }

    /// <summary>Gets every event as JSON; an HTTP address.</summary>
    public string? Webhook { get; init; }

    public bool NotifyPriorityChanges { get; init; }

    /// <summary>After a reload the state of every instance and group goes to the pipes once more.</summary>
    public bool FifoWriteStatesOnReload { get; init; }

    /// <summary><c>lvs_sync_daemon</c>; null: connections stay this node's.</summary>
    public SyncDaemonConfig? SyncDaemon { get; init; }

    /// <summary>What instances have of adverts when they say nothing else.</summary>
    public AdvertDefaults Adverts { get; init; } = new();
}
