using System.Collections.Immutable;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>A configuration while its file is read: the models, still with the statements they came from.</summary>
internal sealed class Draft
{
    public GlobalDefinitions Global { get; set; } = new();

    public string? Instance { get; set; }

    public List<Bound<SyncGroupDraft>> SyncGroups { get; } = [];

    public List<Bound<VrrpScriptConfig>> Scripts { get; } = [];

    public List<Bound<TrackFileConfig>> TrackFiles { get; } = [];

    public List<Bound<TrackProcessConfig>> TrackProcesses { get; } = [];

    public List<Bound<BfdConfig>> Bfds { get; } = [];

    public TlsClientConfig? TlsClient { get; set; }

    public ImmutableArray<LinkDelayConfig> LinkDelays { get; set; } = [];

    public bool PollsAllLinks { get; set; }

    public ImmutableArray<LinkBeatConfig> LinkBeats { get; set; } = [];

    public List<GarpGroupConfig> GarpGroups { get; } = [];

    public StaticConfig Static { get; set; } = new();

    public List<Bound<VrrpInstanceConfig>> Instances { get; } = [];

    public List<Bound<VirtualServerGroupConfig>> VirtualServerGroups { get; } = [];

    public List<Bound<VirtualServerDraft>> VirtualServers { get; } = [];
}

/// <summary>A group with the places of its members' names.</summary>
internal sealed record SyncGroupDraft(SyncGroupConfig Config, ImmutableArray<Word> Members);

/// <summary>A virtual server with the statements of its real servers.</summary>
internal sealed record VirtualServerDraft(
    VirtualServerConfig Config, ImmutableArray<Bound<RealServerConfig>> RealServers)
{
    public VirtualServerDraft With(Func<VirtualServerConfig, VirtualServerConfig> change) =>
        this with { Config = change(Config) };
}
