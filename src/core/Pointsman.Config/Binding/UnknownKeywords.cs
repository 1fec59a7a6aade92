using Pointsman.Config.Grammar;
using Pointsman.Config.Including;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>Words the complaint about a statement whose keyword is not in its block's table.</summary>
internal static class UnknownKeywords
{
    /// <summary>The keyword of this block that was meant, when the complaint says so.</summary>
    public static Keyword? Report(Statement statement, BlockGrammar grammar, DiagnosticSink sink)
    {
        string name = statement.Keyword.Text;
        SourceSpan span = statement.Keyword.Span;
        string? skipped = statement.Body is null ? null : "its whole block is skipped";
        if (Inclusion.KeywordOf(name) is not null)
        {
            sink.Report(DiagnosticCatalogue.IncludeInsideLine, statement.HeaderSpan, name);
        }
        else if (name.Length > 1 && name[0] == '$' && (name.Contains('=') || statement.Words.Length > 1 && statement.Words[1].Text.StartsWith('=')))
        {
            sink.Report(DiagnosticCatalogue.DefinitionForm, statement.HeaderSpan, name);
        }
        else if (Language.BlocksWith(name) is { Length: > 0 } blocks)
        {
            string places = string.Join(", ", blocks.Select(block => $"`{block}`"));
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.WrongBlock, span, name, grammar.Place) with
            {
                Label = skipped ?? $"it works in {places}",
                Hint = skipped is null ? null : $"it works in {places}",
            });
        }
        else if (KeepalivedKeywords.All.Contains(name))
        {
            string? advice = LaterKeywords.AdviceFor(name);
            string hint = DiagnosticCatalogue.NotSupportedYet.Hint!;
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.NotSupportedYet, span, name) with
            {
                Label = advice ?? skipped,
                Hint = advice is null || skipped is null ? hint : $"{hint}; {skipped}",
            });
        }
        else
        {
            return ReportUnknown(statement, grammar, skipped, sink);
        }

        return null;
    }

    private static Keyword? ReportUnknown(Statement statement, BlockGrammar grammar, string? skipped, DiagnosticSink sink)
    {
        string name = statement.Keyword.Text;
        string? near = sink.IsFull ? null : EditDistance.Nearest(name, grammar.Keywords.Select(keyword => keyword.Name));
        string? guess = sink.IsFull ? null
            : near is null ? GuessElsewhere(name)
            : $"did you mean `{near}`?";
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.UnknownKeyword, statement.Keyword.Span, name, grammar.Place) with
        {
            Label = guess ?? skipped,
            Hint = guess is not null ? skipped
                : grammar == Language.SyncGroup ? "instance names stand inside `group { ... }`"
                : $"type one of {string.Join(", ", grammar.Keywords.Select(keyword => keyword.Name))}",
        });
        return near is null ? null : grammar.Find(near);
    }

    private static string? GuessElsewhere(string name)
    {
        string? later = EditDistance.Nearest(name, KeepalivedKeywords.InOrder);
        return later is null ? null
            : Language.BlocksWith(later) is { Length: > 0 } blocks ? $"did you mean `{later}` of `{blocks[0]}`?"
            : $"did you mean `{later}`? it is not supported yet: remove the line";
    }
}
