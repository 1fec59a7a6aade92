using System.Collections.Frozen;
using System.Collections.Immutable;
using Pointsman.Config.Binding;
using Pointsman.Config.Grammar;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Inventory;

/// <summary>Every keyword of keepalived, by name and by block, with what becomes of it here: the manual, as data.</summary>
public static class KeywordManual
{
    /// <summary>Block by block, from the outermost inwards; those that work come first.</summary>
    public static ImmutableArray<KeywordEntry> Entries { get; } =
    [
        .. Language.Blocks.Select(block => block.Name).Concat(KeywordInventory.Rows.Select(row => row.Block)).Distinct()
            .SelectMany(EntriesOf),
    ];

    private static readonly FrozenDictionary<string, ImmutableArray<KeywordEntry>> ByName = Entries
        .GroupBy(entry => Directive.NameOf(entry.Name))
        .ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray(), StringComparer.Ordinal);

    /// <summary>One for each block that has it; empty when there is no such keyword. A setting of ours has its bare name.</summary>
    public static ImmutableArray<KeywordEntry> Find(string name) => ByName.GetValueOrDefault(Directive.NameOf(name), []);

    /// <summary>The keyword that was probably meant, or null.</summary>
    public static string? Nearest(string name) => EditDistance.Nearest(name, ByName.Keys.Order(StringComparer.Ordinal));

    private static IEnumerable<KeywordEntry> EntriesOf(string block) =>
        Language.Blocks.Where(grammar => grammar.Name == block)
            .SelectMany(grammar => grammar.Keywords.Select(keyword => EntryOf(grammar.Name, keyword)))
            .Concat(KeywordInventory.Rows.Where(row => row.Block == block).Select(EntryOf));

    private static KeywordEntry EntryOf(KnownKeyword row) => new(
        row.Name,
        row.Block,
        row.Takes,
        row.Default,
        KeywordInventory.Since(row.Name),
        row.Meaning,
        row.Fate,
        $"{(row.Fate == Fate.Refused ? "refused" : "accepted, no effect")}: {row.Because}",
        (row.Fate == Fate.Refused ? DiagnosticCatalogue.NotSupportedYet : DiagnosticCatalogue.NoEffectYet).Code);

    private static KeywordEntry EntryOf(string block, Keyword keyword)
    {
        (Fate fate, string here, DiagnosticDescriptor? said) = keyword switch
        {
            { ObsoleteBecause: { } why } => (Fate.NoEffect, $"accepted, no effect: {why}", DiagnosticCatalogue.Obsolete),
            { NoEffectBecause: { } why } => (Fate.NoEffect, $"accepted, no effect: {why}", DiagnosticCatalogue.NoEffectYet),
            { OldNameOf: { } name } => (Fate.Works, $"works; `{name}` is its name now", DiagnosticCatalogue.OldName),
            _ => (Fate.Works, "works", (DiagnosticDescriptor?)null),
        };
        return new KeywordEntry(
            keyword.Name,
            block,
            Takes(keyword),
            keyword.IsRequired ? "must be given" : keyword.Default ?? "",
            KeywordInventory.Since(keyword.Name),
            keyword.Meaning,
            fate,
            here,
            said?.Code);
    }

    private static string Takes(Keyword keyword)
    {
        Argument argument = keyword.Argument;
        string takes = argument.Kind switch
        {
            ArgumentKind.Nothing => "",
            ArgumentKind.Boolean => "on or off; nothing means on",
            ArgumentKind.OptionalSeconds => $"{argument.Description}, or nothing",
            ArgumentKind.Choice => Words(argument.Choices),
            _ => argument.Description,
        };
        if (argument.IsPortOptional)
        {
            takes += "; the port may be left out";
        }

        string block = keyword.Opens is null ? ""
            : keyword.Opens.EntryForm is { } form ? $"{{ lines of `{form}` }}"
            : "{ block }";
        return takes.Length > 0 && block.Length > 0 ? $"{takes} {block}" : takes + block;
    }

    private static string Words(ImmutableArray<string> words) => string.Join(", ", words.Select(word => $"`{word}`"));
}
