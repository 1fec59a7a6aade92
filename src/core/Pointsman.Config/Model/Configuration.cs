using System.Collections.Immutable;

namespace Pointsman.Config.Model;

/// <summary>What a keepalived.conf says, with keepalived's defaults filled in. Immutable.</summary>
public sealed record Configuration
{
    /// <summary>The name of one of several daemons on a host; null: it is the only one.</summary>
    public string? Instance { get; init; }

    public GlobalDefinitions Global { get; init; } = new();

    public ImmutableArray<SyncGroupConfig> SyncGroups { get; init; } = [];

    public ImmutableArray<VrrpScriptConfig> Scripts { get; init; } = [];

    public ImmutableArray<TrackFileConfig> TrackFiles { get; init; } = [];

    public ImmutableArray<TrackProcessConfig> TrackProcesses { get; init; } = [];

    public ImmutableArray<BfdConfig> Bfds { get; init; } = [];

    /// <summary>Null: no <c>SSL_GET</c> shows a certificate.</summary>
    public TlsClientConfig? TlsClient { get; init; }

    public ImmutableArray<LinkDelayConfig> LinkDelays { get; init; } = [];

    /// <summary><c>linkbeat_use_polling</c> outside all blocks: the driver of every interface is asked whether its link carries.</summary>
    public bool PollsAllLinks { get; init; }

    /// <summary>Interfaces whose driver is asked, and how.</summary>
    public ImmutableArray<LinkBeatConfig> LinkBeats { get; init; } = [];

    public ImmutableArray<GarpGroupConfig> GarpGroups { get; init; } = [];

    public StaticConfig Static { get; init; } = new();

    public ImmutableArray<VrrpInstanceConfig> Instances { get; init; } = [];

    public ImmutableArray<VirtualServerGroupConfig> VirtualServerGroups { get; init; } = [];

    public ImmutableArray<VirtualServerConfig> VirtualServers { get; init; } = [];
}
