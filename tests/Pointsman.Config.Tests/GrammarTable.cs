using System.Globalization;
using System.Text;
using Pointsman.Config.Inventory;

namespace Pointsman.Config.Tests;

/// <summary>The keywords of the language as tables of a page.</summary>
internal static class GrammarTable
{
    public static string Render()
    {
        var page = new StringBuilder();
        foreach (IGrouping<string, KeywordEntry> block in KeywordManual.Entries.GroupBy(entry => entry.Block))
        {
            string title = block.Key == "the file" ? "The file" : $"`{block.Key}`";
            page.Append(CultureInfo.InvariantCulture, $"## {title}\n\n");
            page.Append("| keyword | takes | default | meaning | here |\n|---|---|---|---|---|\n");
            foreach (KeywordEntry entry in block)
            {
                string since = entry.Since is null ? "" : $" ({entry.Since})";
                string code = entry.Code is null ? "" : $" ([{entry.Code}](diagnostics/{entry.Code}.md))";
                page.Append(
                    CultureInfo.InvariantCulture,
                    $"| `{entry.Name}` | {Cell(entry.Takes)} | {Cell(entry.Default)} | {Cell(entry.Meaning)}{since} | {Cell(entry.Here)}{code} |\n");
            }

            page.Append('\n');
        }

        return page.ToString();
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
