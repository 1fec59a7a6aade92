using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Pointsman.Config.Grammar;

namespace Pointsman.Config.Tests;

/// <summary>The keyword table of the language as tables of a page.</summary>
internal static class GrammarTable
{
    public static string Render()
    {
        var page = new StringBuilder();
        foreach (BlockGrammar block in Language.Blocks)
        {
            AddBlock(page, block);
        }

        page.Append("## Not supported yet\n\nThese are refused ([PM1003](diagnostics/PM1003.md)), as is every other keyword of keepalived.\n\n");
        page.Append("| keyword | without it |\n|---|---|\n");
        foreach (string keyword in LaterKeywords.Named.Order(StringComparer.OrdinalIgnoreCase))
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{keyword}` | {LaterKeywords.AdviceFor(keyword)} |\n");
        }

        return page.ToString();
    }

    private static void AddBlock(StringBuilder page, BlockGrammar block)
    {
        string title = block == FileGrammar.Block ? "The file" : $"`{block.Name}`";
        page.Append(CultureInfo.InvariantCulture, $"## {title}\n\n");
        page.Append("| keyword | takes | default | what it does here |\n|---|---|---|---|\n");
        foreach (Keyword keyword in block.Keywords)
        {
            string absent = keyword.IsRequired ? "must be given" : keyword.Default ?? "";
            page.Append(CultureInfo.InvariantCulture, $"| `{keyword.Name}` | {Takes(keyword)} | {absent} | {Effect(keyword)} |\n");
        }

        page.Append('\n');
    }

    private static string Takes(Keyword keyword)
    {
        Argument argument = keyword.Argument;
        string takes = argument.Kind switch
        {
            ArgumentKind.Nothing => "",
            ArgumentKind.Boolean => "on or off; nothing means on",
            ArgumentKind.OptionalSeconds => $"{argument.Description}, or nothing",
            ArgumentKind.Choice => Choice(argument),
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

    private static string Choice(Argument argument)
    {
        string choices = Words(argument.Choices);
        return argument.LaterChoices.IsEmpty ? choices : $"{choices}; refused so far: {Words(argument.LaterChoices)}";
    }

    private static string Words(ImmutableArray<string> words) => string.Join(", ", words.Select(word => $"`{word}`"));

    private static string Effect(Keyword keyword) => keyword switch
    {
        { OldNameOf: { } name } => $"{keyword.Meaning}; works, {Link("PM1020")} suggests `{name}`",
        { ObsoleteBecause: { } why } => $"accepted, no effect: {why} ({Link("PM1021")})",
        { NoEffectBecause: { } why } => $"accepted, no effect yet: {why} ({Link("PM1022")})",
        { IsForMail: true } => $"{keyword.Meaning}; accepted, no effect yet: mail is not sent ({Link("PM1101")})",
        _ => keyword.Meaning,
    };

    private static string Link(string code) => $"[{code}](diagnostics/{code}.md)";
}
