using Pointsman.Config.Grammar;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>Words the complaint about a statement whose keyword is not in its block's table.</summary>
internal static class UnknownKeywords
{
    public static void Report(Statement statement, BlockGrammar grammar, DiagnosticSink sink)
    {
        string name = statement.Keyword.Text;
        SourceSpan span = statement.Keyword.Span;
        string? skipped = statement.Body is null ? null : "its whole block is skipped";
        if (name.StartsWith("include", StringComparison.Ordinal))
        {
            sink.Report(DiagnosticCatalogue.IncludeNotSupported, statement.HeaderSpan, name);
        }
        else if (name.Length > 0 && name[0] is '$' or '@' or '~')
        {
            sink.Report(DiagnosticCatalogue.DefinitionNotSupported, span, name);
        }
        else if (Language.BlocksWith(name) is { Length: > 0 } blocks)
        {
            string places = string.Join(", ", blocks.Select(block => $"`{block}`"));
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.WrongBlock, span, name, grammar.Name) with
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
            ReportUnknown(statement, grammar, skipped, sink);
        }
    }

    private static void ReportUnknown(Statement statement, BlockGrammar grammar, string? skipped, DiagnosticSink sink)
    {
        string name = statement.Keyword.Text;
        string? guess = sink.IsFull ? null : Guess(name, grammar);
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.UnknownKeyword, statement.Keyword.Span, name, grammar.Name) with
        {
            Label = guess ?? skipped,
            Hint = guess is not null ? skipped
                : grammar == Language.SyncGroup ? "instance names stand inside `group { ... }`"
                : $"type one of {string.Join(", ", grammar.Keywords.Select(keyword => keyword.Name))}",
        });
    }

    private static string? Guess(string name, BlockGrammar grammar)
    {
        if (EditDistance.Nearest(name, grammar.Keywords.Select(keyword => keyword.Name)) is { } near)
        {
            return $"did you mean `{near}`?";
        }

        string? later = EditDistance.Nearest(name, KeepalivedKeywords.InOrder);
        return later is null ? null
            : Language.BlocksWith(later) is { Length: > 0 } blocks ? $"did you mean `{later}` of `{blocks[0]}`?"
            : $"did you mean `{later}`? it is not supported yet";
    }
}
