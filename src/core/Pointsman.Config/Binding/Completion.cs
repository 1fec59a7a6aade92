using System.Collections.Immutable;
using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>Turns a draft into a configuration: fills what was left out, and checks each block and their relations.</summary>
internal static class Completion
{
    public static Configuration Complete(Draft draft, bool hasGaps, DiagnosticSink sink)
    {
        ImmutableArray<SyncGroupConfig> groups = GroupRules.Complete(draft, hasGaps, sink);
        ScriptRules.Check(draft, hasGaps, sink);
        TrackRules.Check(draft, hasGaps, sink);
        NotifyRules.Check(draft, hasGaps, sink);
        MailRules.Check(draft.Global.Mail, hasGaps, sink);
        RouterIdRules.Check(draft.Instances, sink);
        SyncDaemonLine.Check(draft, hasGaps, sink);
        VmacRules.CheckTwins(draft.Instances, sink);
        StaticRules.CheckGroups(draft, hasGaps, sink);
        uint assumedPreferences = 0;
        StaticConfig statics = draft.Static with
        {
            Rules = StaticRules.Complete(draft.Static.Rules, ref assumedPreferences, sink),
        };
        WeightRules.Check(draft, sink);
        VirtualGroupRules.Resolve(draft, hasGaps, sink);
        var configuration = new Configuration
        {
            Instance = draft.Instance,
            Global = draft.Global,
            SyncGroups = groups,
            Scripts = [.. draft.Scripts.Select(script => script.Value)],
            TrackFiles = [.. draft.TrackFiles.Select(file => file.Value)],
            TrackProcesses = [.. draft.TrackProcesses.Select(TrackRules.Complete)],
            Bfds = [.. draft.Bfds.Select(bfd => bfd.Value)],
            TlsClient = draft.TlsClient,
            LinkDelays = draft.LinkDelays,
            PollsAllLinks = draft.PollsAllLinks,
            LinkBeats = draft.LinkBeats,
            GarpGroups = [.. draft.GarpGroups],
            Static = statics,
            Instances =
            [
                .. draft.Instances
                    .Select(instance => InstanceRules.Complete(instance, draft.Global, hasGaps, sink))
                    .Select(instance => instance with { Rules = StaticRules.Complete(instance.Rules, ref assumedPreferences, sink) }),
            ],
            VirtualServerGroups = [.. draft.VirtualServerGroups.Select(group => group.Value)],
            VirtualServers =
            [
                .. draft.VirtualServers
                    .Select(server => VirtualServerRules.Complete(server, draft.Global, sink))
                    .OfType<VirtualServerConfig>()
                    .Select(server => FileCheckRules.Complete(server, [.. draft.TrackFiles.Select(file => file.Value)], hasGaps, sink)),
            ],
        };
        VirtualServerRelations.Check(draft, hasGaps, sink);
        NoticeNothing(draft, hasGaps, sink);
        return configuration;
    }

    /// <summary>Complains about every second definition of a name.</summary>
    public static void NoticeSecondNames<T>(IEnumerable<Bound<T>> blocks, DiagnosticSink sink)
    {
        var places = new Dictionary<string, SourceSpan>();
        foreach (Bound<T> block in blocks)
        {
            SourceSpan place = block.Owner.HeaderSpan;
            if (!places.TryAdd(block.Owner.Words[1].Text, place))
            {
                sink.Add(DiagnosticSink.Make(
                    DiagnosticCatalogue.DefinedTwice, place, InstanceRules.Header(block.Owner)) with
                {
                    Label = "second definition",
                    Related = new RelatedPlace(places[block.Owner.Words[1].Text], "first definition"),
                });
            }
        }
    }

    private static void NoticeNothing(Draft draft, bool hasGaps, DiagnosticSink sink)
    {
        if (draft.Instances.Count == 0 && draft.VirtualServers.Count == 0 && draft.Static.IsEmpty && !hasGaps && !sink.HasErrors)
        {
            sink.Report(DiagnosticCatalogue.NothingConfigured, sink.FileStart);
        }
    }
}
