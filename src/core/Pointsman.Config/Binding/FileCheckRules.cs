using System.Collections.Immutable;
using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>What a <c>FILE_CHECK</c> takes from its <c>track_file</c>, which may stand behind it.</summary>
internal static class FileCheckRules
{
    public static VirtualServerConfig Complete(
        VirtualServerConfig server, IReadOnlyList<TrackFileConfig> files, bool hasGaps, DiagnosticSink sink) => server with
    {
        RealServers = [.. server.RealServers.Select(real => !real.Checks.Any(check => check is FileCheckConfig) ? real : real with
        {
            Checks = [.. real.Checks.Select(check => check is FileCheckConfig file ? Complete(file, files, hasGaps, sink) : check)],
        })],
    };

    private static FileCheckConfig Complete(FileCheckConfig check, IReadOnlyList<TrackFileConfig> files, bool hasGaps, DiagnosticSink sink)
    {
        if (files.FirstOrDefault(file => file.Name == check.TrackFile) is { } found)
        {
            return check with
            {
                Path = found.Path,
                Weight = check.HasWeight ? check.Weight : found.Weight,
                Reverse = check.HasWeight ? check.Reverse : found.Reverse,
                HasWeight = false,
            };
        }

        if (!hasGaps && check.TrackFile.Length > 0)
        {
            string? near = sink.IsFull ? null : EditDistance.Nearest(check.TrackFile, files.Select(file => file.Name).Order());
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.UnknownTracked, check.Source, "track_file", check.TrackFile) with
            {
                Label = near is null ? null : $"did you mean `{near}`?",
            });
        }

        return check;
    }
}
