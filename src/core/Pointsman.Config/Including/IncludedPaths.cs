namespace Pointsman.Config.Including;

/// <summary>Which files a line of the include family means.</summary>
internal static class IncludedPaths
{
    /// <summary>Files only, in the order they are to be read; what else the pattern means is reported.</summary>
    public static List<string> Of(Inclusion inclusion, string folder, IConfigSource source, DiagnosticSink sink)
    {
        List<string> alternatives = BraceAlternatives.Of(inclusion.Pattern);
        if (alternatives.Count > BraceAlternatives.Limit)
        {
            sink.Report(
                DiagnosticCatalogue.TooManyIncludes,
                inclusion.PatternPlace,
                inclusion.Pattern,
                $"the braces stand for more than {BraceAlternatives.Limit} paths");
            return [];
        }

        var files = new List<string>();
        bool isAnyFound = false;
        foreach (string alternative in alternatives)
        {
            string path = PathText.Combine(folder, alternative);
            bool hasWildcards = Wildcards.AreIn(alternative);
            List<string> found = hasWildcards ? Wildcards.Find(path, source)
                : source.KindOf(path) == ConfigFileKind.Missing ? []
                : [path];
            isAnyFound |= found.Count > 0;
            if (found.Count == 0 && alternatives.Count > 1 && inclusion.Asked.HasFlag(IncludeChecks.Brace))
            {
                ReportSkipped(inclusion, alternative, "no such file", IncludeChecks.Brace, sink);
            }

            files.AddRange(found.Where(file => IsFile(inclusion, file, hasWildcards, source, sink)));
        }

        if (!isAnyFound && !(alternatives.Count > 1 && inclusion.Asked.HasFlag(IncludeChecks.Brace)))
        {
            NoticeNothing(inclusion, sink);
        }

        return files;
    }

    /// <summary>A file that is left out: an error if the keyword asks for it, else a warning.</summary>
    public static void ReportSkipped(
        Inclusion inclusion, string path, string why, IncludeChecks check, DiagnosticSink sink) =>
        sink.Report(
            (inclusion.Asked & check) != 0 ? DiagnosticCatalogue.IncludeFailed : DiagnosticCatalogue.IncludeSkipped,
            inclusion.PatternPlace,
            path,
            why,
            inclusion.AskedBy(check));

    // A pattern that matches nothing is what an empty folder looks like.
    private static void NoticeNothing(Inclusion inclusion, DiagnosticSink sink)
    {
        if (!Wildcards.AreIn(inclusion.Pattern))
        {
            ReportSkipped(inclusion, inclusion.Pattern, "no such file", IncludeChecks.Match | IncludeChecks.Wildcard | IncludeChecks.Brace, sink);
        }
        else if (inclusion.Asked.HasFlag(IncludeChecks.Wildcard))
        {
            ReportSkipped(inclusion, inclusion.Pattern, "no file matches", IncludeChecks.Wildcard, sink);
        }
    }

    private static bool IsFile(Inclusion inclusion, string path, bool isByWildcard, IConfigSource source, DiagnosticSink sink)
    {
        ConfigFileKind kind = source.KindOf(path);
        string? why = kind switch
        {
            ConfigFileKind.File => null,
            ConfigFileKind.Folder => "it is a folder",
            ConfigFileKind.Executable => "it may be executed: keepalived takes it for a script",
            ConfigFileKind.Missing => "no such file",
            ConfigFileKind.Special => "it is a FIFO, a socket or a device",
            _ => throw new System.Diagnostics.UnreachableException(),
        };

        // Folders beside the files of a pattern are nothing to speak of.
        if (why is not null && !(kind == ConfigFileKind.Folder && isByWildcard))
        {
            ReportSkipped(inclusion, path, why, IncludeChecks.Readable, sink);
        }

        return kind == ConfigFileKind.File;
    }
}
