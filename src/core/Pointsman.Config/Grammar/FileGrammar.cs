using System.Collections.Immutable;
using Pointsman.Config.Binding;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary>The outermost level of a file.</summary>
internal static class FileGrammar
{
    private static readonly BlockGrammar<ImmutableArray<LinkDelayConfig>> LinkDelays =
        new("interface_up_down_delays", LinkDelayLine.Form, LinkDelayLine.Take);

    private static readonly BlockGrammar<ImmutableArray<LinkBeatConfig>> LinkBeats =
        new("linkbeat_interfaces", LinkBeatLine.Form, LinkBeatLine.Take);

    private static readonly BlockGrammar<VirtualServerGroupConfig> VirtualServerGroup =
        new("virtual_server_group", VirtualRangeLine.Form, VirtualRangeLine.Take);

    public static BlockGrammar<Draft> Block { get; } = new("the file",
    [
        new("instance", Argument.Text("a name"), "one of several daemons on a host: its name in the log, and in the paths of what it keeps",
            (draft, setting) =>
            {
                draft.Instance = InstanceName.Check(setting);
                return draft;
            })
        { Default = "the only one" },

        new("global_defs", Argument.Nothing, "settings of the whole node", (draft, setting) =>
        {
            draft.Global = setting.Bind(GlobalGrammar.Block, draft.Global).Value;
            return draft;
        })
        { Opens = GlobalGrammar.Block, IsRepeatable = true },

        new("vrrp_sync_group", Argument.Text("a name"), "instances that change state together", (draft, setting) =>
        {
            var group = new SyncGroupDraft(new SyncGroupConfig(setting.Value.Text, setting.Statement.HeaderSpan), []);
            draft.SyncGroups.Add(setting.Bind(SyncGroupGrammar.Block, group));
            return draft;
        })
        { Opens = SyncGroupGrammar.Block, IsRepeatable = true },

        new("vrrp_script", Argument.Text("a name"), "a command that tells an instance's fitness", (draft, setting) =>
        {
            var script = new VrrpScriptConfig(setting.Value.Text, setting.Statement.HeaderSpan);
            draft.Scripts.Add(setting.Bind(ScriptGrammar.Block, script));
            return draft;
        })
        { Opens = ScriptGrammar.Block, IsRepeatable = true },

        new("track_file", Argument.Text("a name"), "a file with a number that counts", TakeTrackFile)
        { Opens = TrackFileGrammar.Block, IsRepeatable = true },

        new("vrrp_track_file", Argument.Text("a name"), "a file with a number that counts", TakeTrackFile)
        { Opens = TrackFileGrammar.Block, IsRepeatable = true, OldNameOf = "track_file" },

        new("vrrp_track_process", Argument.Text("a name"), "a process that must run", (draft, setting) =>
        {
            var process = new TrackProcessConfig(setting.Value.Text, setting.Statement.HeaderSpan);
            draft.TrackProcesses.Add(setting.Bind(TrackProcessGrammar.Block, process));
            return draft;
        })
        { Opens = TrackProcessGrammar.Block, IsRepeatable = true },

        new("bfd_instance", Argument.Text("a name"), "a peer watched by BFD", (draft, setting) =>
        {
            var bfd = new BfdConfig(setting.Value.Text, setting.Statement.HeaderSpan);
            draft.Bfds.Add(setting.Bind(BfdGrammar.Block, bfd));
            return draft;
        })
        { Opens = BfdGrammar.Block, IsRepeatable = true },

        new("SSL", Argument.Nothing, "what SSL_GET shows of itself", (draft, setting) =>
        {
            Bound<TlsClientConfig> bound = setting.Bind(TlsClientGrammar.Block, draft.TlsClient ?? new TlsClientConfig(setting.Statement.HeaderSpan));
            draft.TlsClient = CheckerRules.Check(bound, setting.Sink);
            return draft;
        })
        { Opens = TlsClientGrammar.Block },

        new("interface_up_down_delays", Argument.Nothing, "how long a link must be down, or up, before it counts", (draft, setting) =>
        {
            draft.LinkDelays = setting.Bind(LinkDelays, draft.LinkDelays).Value;
            return draft;
        })
        { Opens = LinkDelays, IsRepeatable = true },

        new("linkbeat_use_polling", Argument.Nothing, "ask the driver of each interface once a second whether its link carries", (draft, _) =>
        {
            draft.PollsAllLinks = true;
            return draft;
        }),

        new("linkbeat_interfaces", Argument.Nothing, "ask the drivers of these once a second whether their links carry", (draft, setting) =>
        {
            draft.LinkBeats = setting.Bind(LinkBeats, draft.LinkBeats).Value;
            return draft;
        })
        { Opens = LinkBeats, IsRepeatable = true },

        new("garp_group", Argument.Nothing, "announcements of several interfaces at one pace", (draft, setting) =>
        {
            draft.GarpGroups.Add(setting.Bind(GarpGrammar.Group, new GarpGroupConfig(setting.Statement.HeaderSpan)).Value);
            return draft;
        })
        { Opens = GarpGrammar.Group, IsRepeatable = true },

        .. StaticGrammar.Rows,

        new("vrrp_instance", Argument.Text("a name"), "a virtual router: who holds the addresses", (draft, setting) =>
        {
            var instance = new VrrpInstanceConfig(setting.Value.Text, setting.Statement.HeaderSpan);
            draft.Instances.Add(setting.Bind(InstanceGrammar.Block, instance));
            return draft;
        })
        { Opens = InstanceGrammar.Block, IsRepeatable = true },

        new("virtual_server_group", Argument.Text("a name"), "addresses that share real servers", (draft, setting) =>
        {
            var group = new VirtualServerGroupConfig(setting.Value.Text, setting.Statement.HeaderSpan);
            draft.VirtualServerGroups.Add(setting.Bind(VirtualServerGroup, group));
            return draft;
        })
        { Opens = VirtualServerGroup, IsRepeatable = true },

        new("virtual_server", Argument.VirtualService, "a service spread over real servers", (draft, setting) =>
        {
            Base.TransportEndpoint address = setting.Value.Text == "fwmark"
                ? Base.TransportEndpoint.OfMark((uint)setting.Value.Number, Base.IpFamily.V4)
                : new Base.TransportEndpoint(setting.Value.Address, setting.Value.Port);
            var server = new VirtualServerDraft(
                new VirtualServerConfig(address, setting.Statement.HeaderSpan)
                {
                    Group = setting.Value.Text == "group" ? setting.Statement.Words[2].Text : null,
                },
                []);
            draft.VirtualServers.Add(setting.Bind(VirtualServerGrammar.Block, server));
            return draft;
        })
        { Opens = VirtualServerGrammar.Block, IsRepeatable = true },
    ]);

    private static Draft TakeTrackFile(Draft draft, Setting setting)
    {
        var file = new TrackFileConfig(setting.Value.Text, setting.Statement.HeaderSpan);
        draft.TrackFiles.Add(setting.Bind(TrackFileGrammar.Block, file));
        return draft;
    }
}
