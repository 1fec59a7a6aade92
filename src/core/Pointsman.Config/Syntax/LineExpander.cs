using System.Collections.Immutable;
using Pointsman.Config.Including;

namespace Pointsman.Config.Syntax;

/* keepalived looks at the beginning of a line for a condition (@), a definition ($NAME=) and a sequence (~), then replaces
   the references in it, and looks again, since what was put in may begin with one of them. Text is replaced when it is used,
   not when it is defined, so a definition may speak of another that comes later.

   What comes out are plain lines: those of the include family go to whoever opens files, all others to the lexer. */

/// <summary>Conditions, definitions, references and sequences: turns a line into the lines it stands for.</summary>
internal sealed class LineExpander(
    ConfigReaderOptions options, Action<ExpandedLine> include, Func<ExpandedLine, int> read, DiagnosticSink sink)
{
    /// <summary>Where a definition of several lines is asked for; nothing may follow.</summary>
    private sealed record Tail(Definition Definition, int Start, int End);

    private readonly Definitions _definitions = new();
    private readonly ExpansionBudget _budget = new();
    private readonly RandomNumbers _random = new(options.ConfigId);
    private bool _isBudgetReported;

    /// <summary>The folder of the file that is being read, for <c>$_PWD</c>.</summary>
    public string Folder { get; set; } = "";

    public void Take(ExpandedLine line) => Take(line, 0);

    /// <summary>
    /// The definition a line begins that goes on below it; null when it begins none. One behind a condition that does
    /// not hold is read all the same, to be thrown away.
    /// </summary>
    public Definition? ReadDefinition(ExpandedLine line, out bool isActive)
    {
        isActive = true;
        while (!line.IsEmpty && line.Text[line.First] == '@')
        {
            if (!Condition.TryRead(line, out Condition condition))
            {
                return null;
            }

            isActive &= condition.HoldsFor(options.ConfigId);
            line = condition.Rest;
        }

        return Definitions.Read(line);
    }

    public void Define(Definition definition) => _definitions.Set(definition);

    private void Take(ExpandedLine line, int depth)
    {
        while (!line.IsEmpty && !_budget.IsSpent)
        {
            switch (line.Text[line.First])
            {
                case '@':
                    if (!Holds(line, out line))
                    {
                        return;
                    }

                    continue;
                case '$' when Definitions.Read(line) is { } definition:
                    Define(definition);
                    return;
                case '~':
                    Repeat(line, depth);
                    return;
                default:
                    break;
            }

            bool isReplaced = TryReplace(line, out ExpandedLine replaced, out Tail? tail);
            if (tail is not null)
            {
                TakeTail(replaced, tail, depth);
                return;
            }

            if (!isReplaced)
            {
                Read(replaced, depth);
                return;
            }

            line = replaced;
        }
    }

    private bool Holds(ExpandedLine line, out ExpandedLine rest)
    {
        rest = line;
        if (!Condition.TryRead(line, out Condition condition))
        {
            sink.Report(DiagnosticCatalogue.ConditionAlone, line.PlaceFrom(line.First), line.Text.Trim());
            return false;
        }

        rest = condition.Rest;
        return condition.HoldsFor(options.ConfigId);
    }

    private void Read(ExpandedLine line, int depth)
    {
        if (Inclusion.KeywordOf(line.Text) is not null)
        {
            include(line);
            return;
        }

        int wordCount = read(line);
        if (depth > 0)
        {
            Spend(line.Text.Length, wordCount, line);
        }
    }

    // The definition's first line goes on where the reference stands; the others are lines of their own.
    private void TakeTail(ExpandedLine line, Tail tail, int depth)
    {
        SourceSpan place = line.SpanOf(tail.Start, tail.End - tail.Start);
        int inner = Math.Max(depth, line.DepthAt(tail.Start)) + 1;
        string name = tail.Definition.Name;
        if (inner > ExpansionBudget.DepthLimit)
        {
            Stop(tail.Definition, place);
            return;
        }

        for (int i = 0; i < tail.Definition.Lines.Length && !_budget.IsSpent; i++)
        {
            ExpandedLine body = tail.Definition.Lines[i].LedHereBy($"written by `${name}` at", place, inner);
            Spend(body.Text.Length, 1, body);
            Take(i == 0 ? ExpandedLine.Join(line.Slice(0, tail.Start), body) : body, inner);
        }

        ExpandedLine rest = line.Slice(tail.End);
        if (!rest.IsEmpty)
        {
            sink.Report(DiagnosticCatalogue.TextAfterLines, place, $"${name}");
            Take(rest, inner);
        }
    }

    private void Repeat(ExpandedLine line, int depth)
    {
        SourceSpan place = line.PlaceFrom(line.First);
        if (depth >= ExpansionBudget.DepthLimit)
        {
            sink.Report(DiagnosticCatalogue.EndlessExpansion, place, line.Text.Trim());
            return;
        }

        if (!Sequence.TryRead(line, ReplaceInHeader, sink, out Sequence? sequence))
        {
            return;
        }

        Definition?[] before = [.. sequence.Names.Select(_definitions.Find)];
        foreach (ImmutableArray<string> values in sequence.Rounds())
        {
            if (!Spend(sequence.Text.Text.Length, ExpansionBudget.WordsPerRound, line))
            {
                break;
            }

            for (int i = 0; i < values.Length; i++)
            {
                Define(Definition.Of(sequence.Names[i], values[i]));
            }

            string bound = string.Join(", ", values.Select((value, i) => $"`${sequence.Names[i]}` = {value}"));
            Take(sequence.Text.LedHereBy($"repeated with {bound} by", sequence.Place, depth + 1), depth + 1);
        }

        for (int i = 0; i < before.Length; i++)
        {
            _definitions.Restore(sequence.Names[i], before[i]);
        }
    }

    private ExpandedLine ReplaceInHeader(ExpandedLine header)
    {
        while (TryReplace(header, out header, out _))
        {
        }

        return header;
    }

    /// <summary>
    /// Replaces references from left to right until none is left, or what was put in begins a line of its own kind. A
    /// definition of several lines at the line's end is not put in, but given back.
    /// </summary>
    private bool TryReplace(ExpandedLine line, out ExpandedLine replaced, out Tail? tail)
    {
        replaced = line;
        tail = null;
        bool isReplaced = false;
        int at = replaced.First;
        while (!_budget.IsSpent && (at = replaced.Text.IndexOf('$', at)) >= 0)
        {
            if (!Reference.TryRead(replaced.Text, at, out Reference reference)
                || Resolve(reference, replaced, at) is not { } definition)
            {
                at++;
                continue;
            }

            if (definition.IsMultiLine)
            {
                tail = new Tail(definition, at, at + reference.Length);
                return isReplaced;
            }

            if (replaced.DepthAt(at) >= ExpansionBudget.DepthLimit)
            {
                Stop(definition, replaced.SpanOf(at, reference.Length));
                replaced = replaced.Slice(0, 0);
                return true;
            }

            Spend(replaced.Text.Length + definition.Value.Length, replaced.PartCount, replaced);
            replaced = replaced.Replace(at, reference.Length, definition.Value, outer => definition.Place is { } place
                ? new SourceOrigin($"`${definition.Name}` is defined at", place, outer)
                : outer);
            isReplaced = true;
            if (at == replaced.First && definition.Value.StartsWith('~'))
            {
                break;
            }
        }

        return isReplaced;
    }

    // From here on it stands for nothing, so that its other references do not go round as well.
    private void Stop(Definition definition, SourceSpan place)
    {
        sink.Report(DiagnosticCatalogue.EndlessExpansion, place, $"${definition.Name}");
        Define(definition with { Lines = [] });
    }

    private Definition? Resolve(Reference reference, ExpandedLine line, int at)
    {
        SourceSpan place = line.SpanOf(at, reference.Length);
        Definition? definition = _definitions.Find(reference.Name) ?? Predefined(reference, place);
        if (definition is null)
        {
            return NoticeUndefined(reference, line, at);
        }

        if (!reference.IsEnded)
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.ReferenceKept, place, $"${reference.Name}") with
            {
                Label = "the name is not ended by a blank",
                Hint = $"type `${{{reference.Name}}}`",
            });
            return null;
        }

        return definition;
    }

    /// <summary>Why <c>$_INSTANCE</c> has no value.</summary>
    internal const string NoInstance = "the file has no line `instance NAME`";

    // What has no value here becomes nothing, so that it is complained of once.
    private Definition? Predefined(Reference reference, SourceSpan place)
    {
        string why;
        switch (reference.Name)
        {
            case Definitions.Folder:
                string folder = Folder.Length == 0 ? options.CurrentFolder : PathText.Combine(options.CurrentFolder, Folder);
                return Definition.Of(reference.Name, folder.Length == 0 ? "." : folder);
            case Definitions.Variable when options.Variable(reference.Arguments) is { } value:
                return Definition.Of(reference.Name, value);
            case Definitions.Variable:
                why = $"the environment has no variable `{reference.Arguments}`";
                break;
            case Definitions.Random when _random.Draw(reference.Arguments) is { } number:
                return Definition.Of(reference.Name, number);
            case Definitions.Random:
                why = $"its arguments are the least and the largest number, from 0 to {RandomNumbers.Largest}";
                break;
            case Definitions.Instance when options.Instance is { } instance:
                return Definition.Of(reference.Name, instance);
            case Definitions.Instance:
                why = NoInstance;
                break;
            default:
                return null;
        }

        sink.Report(DiagnosticCatalogue.NoValue, place, $"${reference.Name}", why);
        return Definition.Of(reference.Name, "");
    }

    /// <summary>The definition that was meant, to read on with, after an error.</summary>
    private Definition? NoticeUndefined(Reference reference, ExpandedLine line, int at)
    {
        string? near = _definitions.Nearest(reference.Name);
        bool isQuoted = Reference.IsQuoted(line.Text, at);
        if (reference.IsBraced && !isQuoted)
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.UndefinedName, line.SpanOf(at, reference.Length), $"${{{reference.Name}}}") with
            {
                Label = near is null ? null : $"did you mean `${{{near}}}`?",
            });
            return near is null ? null : _definitions.Find(near);
        }

        if (near is not null)
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.ReferenceKept, line.SpanOf(at, reference.Length), $"${reference.Name}") with
            {
                Label = $"no such name is defined; did you mean `${near}`?",
            });
        }

        return null;
    }

    private bool Spend(int letters, int words, ExpandedLine line)
    {
        if (_budget.TrySpend(letters, words))
        {
            return true;
        }

        if (!_isBudgetReported)
        {
            _isBudgetReported = true;
            sink.Report(DiagnosticCatalogue.ExpansionTooLarge, line.PlaceFrom(line.First));
        }

        return false;
    }
}
