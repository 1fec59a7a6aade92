using System.Collections.Immutable;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Including;

/* Most lines go to the lexer as they stand, many at a time. A line that may mean more - a condition, a definition, a
   reference, an inclusion - is taken out and goes through the expander. An inclusion reads its files in the middle of the
   file that includes them, so that a block may begin in one and end in another, as with keepalived. */

/// <summary>Reads a file, and all it includes, into one list of tokens.</summary>
internal sealed class SourceReader
{
    /// <summary>Files inside one another.</summary>
    private const int DepthLimit = 32;

    /// <summary>Files in all, each time one is read.</summary>
    private const int FileLimit = 4096;

    /// <summary>Letters in all, each time a file is read.</summary>
    private const long LetterLimit = 64 * 1024 * 1024;

    private readonly IConfigSource _disk;
    private readonly DiagnosticSink _sink;
    private readonly Lexer _lexer;
    private readonly LineExpander _expander;
    private readonly List<SourceText> _sources = [];

    // From the file that was asked for to the one being read.
    private readonly List<SourceText> _open = [];
    private int _fileCount;
    private IncludeChecks _checks;
    private long _letterCount;

    private SourceReader(IConfigSource disk, ConfigReaderOptions options, DiagnosticSink sink)
    {
        _disk = disk;
        _sink = sink;
        _lexer = new Lexer(sink);
        _checks = options.AllFiles ? IncludeChecks.All : IncludeChecks.None;
        _expander = new LineExpander(options, Include, ReadLine, sink);
    }

    public static List<Token> Read(
        SourceText main, IConfigSource disk, ConfigReaderOptions options, DiagnosticSink sink, out ImmutableArray<SourceText> sources)
    {
        var reader = new SourceReader(disk, options, sink);
        reader.ReadFile(main, null);
        reader._lexer.End(main.End);
        sources = [.. reader._sources];
        return reader._lexer.Tokens;
    }

    private void ReadFile(SourceText source, SourceOrigin? origin)
    {
        _fileCount++;
        _letterCount += source.Text.Length;
        if (!_sources.Contains(source))
        {
            _sources.Add(source);
            _sink.AddFile(source.FileName);
        }

        // What a file asks for holds in it and in what it includes.
        IncludeChecks checksBefore = _checks;
        _open.Add(source);
        _expander.Folder = PathText.FolderOf(source.FileName);
        int plainFrom = 0;
        int plainLine = 1;
        for (int line = 1; line <= source.LineCount; line++)
        {
            if (!PlainLine.IsSpecial(source.LineSpan(line)))
            {
                continue;
            }

            ReadPlain(source, origin, plainLine, plainFrom, source.StartOf(line));
            line = ReadSpecial(source, origin, line);
            plainLine = line + 1;
            plainFrom = source.StartOf(plainLine);
        }

        ReadPlain(source, origin, plainLine, plainFrom, source.Text.Length);
        _checks = checksBefore;
        _open.RemoveAt(_open.Count - 1);
        _expander.Folder = _open.Count == 0 ? "" : PathText.FolderOf(_open[^1].FileName);
    }

    private void ReadPlain(SourceText source, SourceOrigin? origin, int line, int from, int to)
    {
        if (to > from)
        {
            _lexer.ReadLines(source, origin, line, from..to);
        }
    }

    private int ReadLine(ExpandedLine line)
    {
        string[] words = line.Text.Split((char[])[' ', '\t', '"', '}'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > 0 && words[0] == IncludeCheckLine.Keyword)
        {
            _checks = IncludeCheckLine.Read(words[1..], _checks, out _);
        }

        int before = _lexer.Tokens.Count;
        _lexer.ReadLine(line);
        return _lexer.Tokens.Count - before;
    }

    /// <summary>The last line that was taken: a definition may have several.</summary>
    private int ReadSpecial(SourceText source, SourceOrigin? origin, int line)
    {
        PlainLine first = Plain(source, origin, line);
        if (first.GoesOn && _expander.ReadDefinition(first.Line, out bool isActive) is { } definition)
        {
            return ReadDefinition(source, origin, line, definition, isActive);
        }

        ExpandedLine whole = first.Line;
        if (first.Continuation is { } continuation)
        {
            _sink.Report(DiagnosticCatalogue.LineContinued, continuation);
            line = ReadRest(source, origin, line, ref whole);
        }

        _expander.Take(whole);
        return line;
    }

    // What was meant is plain: the lines as one cause no further complaints.
    private int ReadRest(SourceText source, SourceOrigin? origin, int line, ref ExpandedLine whole)
    {
        List<ExpandedLine> lines = [whole];
        bool goesOn = true;
        while (goesOn && line < source.LineCount)
        {
            PlainLine next = Plain(source, origin, ++line);
            goesOn = next.Continuation is not null;
            lines.Add(next.Line);
        }

        whole = ExpandedLine.Join(lines);
        return line;
    }

    // keepalived ends a definition at the first line without a `\`, or at an empty one.
    private int ReadDefinition(SourceText source, SourceOrigin? origin, int line, Definition definition, bool isActive)
    {
        var lines = definition.Lines.ToBuilder();
        bool goesOn = true;
        while (goesOn && line < source.LineCount && !source.LineSpan(line + 1).Trim(" \t").IsEmpty)
        {
            line++;
            PlainLine next = Plain(source, origin, line);
            goesOn = next.GoesOn;
            if (!next.Line.IsEmpty)
            {
                lines.Add(next.Line);
            }
        }

        if (isActive)
        {
            _expander.Define(definition with { Lines = lines.ToImmutable() });
        }

        return line;
    }

    private PlainLine Plain(SourceText source, SourceOrigin? origin, int line) =>
        PlainLine.Read(source.LineSpan(line), new SourceSpan(source.FileName, line, 1, 1) { Origin = origin }, _sink);

    private void Include(ExpandedLine line)
    {
        Inclusion inclusion = Inclusion.Read(line, _sink) with { Standing = _checks };
        if (inclusion.Pattern.Length == 0)
        {
            _sink.Report(DiagnosticCatalogue.MissingArgument, inclusion.Place, inclusion.Keyword, "the path of a file");
            return;
        }

        string folder = PathText.FolderOf(_open[^1].FileName);
        foreach (string path in IncludedPaths.Of(inclusion, folder, _disk, _sink))
        {
            IncludeFile(inclusion, path);
        }
    }

    private void IncludeFile(Inclusion inclusion, string path)
    {
        string plain = PathText.Plain(path);
        if (_open.Exists(file => PathText.Plain(file.FileName) == plain))
        {
            _sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.IncludeLoop, inclusion.PatternPlace, path) with
            {
                Label = "this file is being read already",
            });
            return;
        }

        if (_open.Count >= DepthLimit || _fileCount >= FileLimit || _letterCount > LetterLimit)
        {
            string why = _open.Count >= DepthLimit ? $"{DepthLimit} files are inside one another already"
                : _fileCount >= FileLimit ? $"{FileLimit} files are read already"
                : $"{LetterLimit >> 20} million letters are read already";
            _sink.Report(DiagnosticCatalogue.TooManyIncludes, inclusion.PatternPlace, path, why);
            return;
        }

        SourceText? source = _sources.Find(known => known.FileName == path);
        if (source is null)
        {
            if (!_disk.TryRead(path, out string text, out string error))
            {
                IncludedPaths.ReportSkipped(inclusion, path, error, IncludeChecks.Readable, _sink);
                return;
            }

            source = new SourceText(path, text);
        }

        ReadFile(source, new SourceOrigin("included from", inclusion.Place, inclusion.Place.Origin));
    }
}
