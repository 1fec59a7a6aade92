using System.Collections.Immutable;
using Pointsman.Config.Grammar;
using Pointsman.Config.Including;
using Pointsman.Config.Inventory;
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
        else if (KeywordInventory.Find(grammar.Name, name) is { } known)
        {
            string hint = DiagnosticCatalogue.NotSupportedYet.Hint!;
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.NotSupportedYet, span, name) with
            {
                Label = known.Because,
                Hint = skipped is null ? hint : $"{hint}; {skipped}",
            });
        }
        else if (BlocksOf(name) is { } places)
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.WrongBlock, span, name, grammar.Place) with
            {
                Label = skipped ?? places,
                Hint = skipped is null ? null : places,
            });
        }
        else
        {
            return ReportUnknown(statement, grammar, skipped, sink);
        }

        return null;
    }

    // Where it works; or else where keepalived has it.
    private static string? BlocksOf(string name)
    {
        ImmutableArray<string> here = Language.BlocksWith(name);
        ImmutableArray<KnownKeyword> elsewhere = KeywordInventory.FindAll(name);
        return here.Length > 0 ? $"it works in {Quoted(here)}"
            : elsewhere.Length > 0 ? $"keepalived has it in {Quoted(elsewhere.Select(row => row.Block))}"
            : null;
    }

    private static string Quoted(IEnumerable<string> blocks) =>
        string.Join(", ", blocks.Select(block => block == FileGrammar.Block.Name ? block : $"`{block}`"));

    private static Keyword? ReportUnknown(Statement statement, BlockGrammar grammar, string? skipped, DiagnosticSink sink)
    {
        string name = statement.Keyword.Text;
        string? near = sink.IsFull ? null : EditDistance.Nearest(name, NamesIn(grammar));
        string? guess = sink.IsFull ? null
            : Directive.Exists(name) ? $"keepalived has no such keyword: type `{Directive.Prefix}{name}`, which it skips"
            : near is null ? GuessElsewhere(name)
            : KeywordInventory.Find(grammar.Name, near) is { Fate: Fate.Refused } later
                ? $"did you mean `{near}`? it is not supported yet: {later.Because}"
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

    // Those that work come first, and so win among equals.
    private static IEnumerable<string> NamesIn(BlockGrammar grammar) =>
        grammar.Keywords.Select(keyword => keyword.Name)
            .Concat(KeywordInventory.Rows.Where(row => row.Block == grammar.Name).Select(row => row.Name));

    private static string? GuessElsewhere(string name)
    {
        string? near = EditDistance.Nearest(name, Language.Blocks.SelectMany(block => block.Keywords).Select(keyword => keyword.Name));
        if (near is not null)
        {
            return $"did you mean `{near}` of `{Language.BlocksWith(near)[0]}`?";
        }

        string? later = EditDistance.Nearest(name, KeywordInventory.Names);
        return later is null ? null
            : $"did you mean `{later}` of `{KeywordInventory.FindAll(later)[0].Block}`? it is not supported yet: remove the line";
    }
}
