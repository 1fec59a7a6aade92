using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>What must hold for <c>track_file</c>, <c>vrrp_track_process</c> and <c>bfd_instance</c>: they say what they track, and are defined.</summary>
internal static class TrackRules
{
    public static void Check(Draft draft, bool hasGaps, DiagnosticSink sink)
    {
        Completion.NoticeSecondNames(draft.TrackFiles, sink);
        Completion.NoticeSecondNames(draft.TrackProcesses, sink);
        Completion.NoticeSecondNames(draft.Bfds, sink);
        foreach (Bound<TrackFileConfig> file in draft.TrackFiles)
        {
            Require(file, "file", "add `file PATH`", sink);
        }

        foreach (Bound<TrackProcessConfig> process in draft.TrackProcesses)
        {
            Require(process, "process", "add `process NAME`", sink);
        }

        foreach (Bound<BfdConfig> bfd in draft.Bfds)
        {
            Require(bfd, "neighbor_ip", "add `neighbor_ip ADDRESS`", sink);
        }

        if (hasGaps)
        {
            return;
        }

        var groups = draft.SyncGroups.Select(group => group.Value.Config.Tracked).ToList();
        CheckNames(
            draft.Instances.SelectMany(instance => instance.Value.TrackFiles).Concat(groups.SelectMany(group => group.Files)),
            "track_file", draft.TrackFiles.Select(file => file.Value.Name), sink);
        CheckNames(
            draft.Instances.SelectMany(instance => instance.Value.TrackProcesses).Concat(groups.SelectMany(group => group.Processes)),
            "vrrp_track_process", draft.TrackProcesses.Select(process => process.Value.Name), sink);
        CheckNames(
            draft.Instances.SelectMany(instance => instance.Value.TrackBfds).Concat(groups.SelectMany(group => group.Bfds)),
            "bfd_instance", draft.Bfds.Select(bfd => bfd.Value.Name), sink);
        CheckPaths(draft, [.. draft.Instances.SelectMany(instance => instance.Value.TrackBfds).Concat(groups.SelectMany(group => group.Bfds))], sink);
    }

    // `vrrp` and `checker` of a bfd_instance say who may follow it.
    private static void CheckPaths(Draft draft, IReadOnlyList<TrackedThingConfig> tracks, DiagnosticSink sink)
    {
        List<(string Name, SourceSpan Source)> checks =
        [
            .. draft.VirtualServers.SelectMany(server => server.Value.RealServers).SelectMany(real => real.Value.Checks)
                .OfType<BfdCheckConfig>().Where(check => check.Name.Length > 0).Select(check => (check.Name, check.Source)),
        ];
        var known = draft.Bfds.Select(bfd => bfd.Value.Name).ToHashSet();
        foreach ((string name, SourceSpan source) in checks.Where(check => !known.Contains(check.Name)))
        {
            string? near = sink.IsFull ? null : EditDistance.Nearest(name, known.Order());
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.UnknownTracked, source, "bfd_instance", name) with
            {
                Label = near is null ? null : $"did you mean `{near}`?",
            });
        }

        foreach (BfdConfig bfd in draft.Bfds.Select(bound => bound.Value))
        {
            foreach (SourceSpan source in checks.Where(check => check.Name == bfd.Name && !bfd.IsForChecker).Select(check => check.Source))
            {
                Refuse(bfd, source, "vrrp", "checker", sink);
            }

            foreach (TrackedThingConfig track in tracks.Where(track => track.Name == bfd.Name && !bfd.IsForVrrp))
            {
                Refuse(bfd, track.Source, "checker", "vrrp", sink);
            }
        }
    }

    private static void Refuse(BfdConfig bfd, SourceSpan source, string has, string needs, DiagnosticSink sink) =>
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.UnknownTracked, source, "bfd_instance", bfd.Name) with
        {
            Label = $"it has `{has}` alone",
            Related = new RelatedPlace(bfd.Source, "defined here"),
            Hint = $"add `{needs}` to it",
        });

    /// <summary>Parameters that are named count, also where nothing says how.</summary>
    public static TrackProcessConfig Complete(Bound<TrackProcessConfig> bound) =>
        bound.Value.Match is null && bound.Value.Command.Length > 1
            ? bound.Value with { Match = ProcessParameterMatch.Exact }
            : bound.Value;

    private static void Require<T>(Bound<T> bound, string keyword, string hint, DiagnosticSink sink)
    {
        if (!bound.Has(keyword))
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.MissingSetting, bound.Owner.HeaderSpan, InstanceRules.Header(bound.Owner), keyword) with
            {
                Hint = hint,
            });
        }
    }

    private static void CheckNames(
        IEnumerable<TrackedThingConfig> tracks, string block, IEnumerable<string> names, DiagnosticSink sink)
    {
        var known = names.ToHashSet();
        foreach (TrackedThingConfig track in tracks.Where(track => !known.Contains(track.Name)))
        {
            string? near = sink.IsFull ? null : EditDistance.Nearest(track.Name, known.Order());
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.UnknownTracked, track.Source, block, track.Name) with
            {
                Label = near is null ? null : $"did you mean `{near}`?",
            });
        }
    }
}
