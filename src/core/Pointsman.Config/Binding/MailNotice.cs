using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>One complaint for all settings of a file that only serve mail.</summary>
internal static class MailNotice
{
    // A site with thousands of servers repeats the same few words.
    private const int NamedLimit = 8;

    public static void Report(List<Word> keywords, DiagnosticSink sink)
    {
        if (keywords.Count == 0)
        {
            return;
        }

        Word first = keywords[0];
        IEnumerable<string> others = keywords.Skip(1).Take(NamedLimit)
            .Select(word => $"`{word.Text}` in line {word.Span.Line}");
        int unnamedCount = Math.Max(0, keywords.Count - 1 - NamedLimit);
        string more = unnamedCount == 0 ? "" : $", and {unnamedCount} more";
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.MailNotSent, first.Span, first.Text) with
        {
            Hint = keywords.Count == 1 ? DiagnosticCatalogue.MailNotSent.Hint : $"the same holds for {string.Join(", ", others)}{more}",
        });
    }
}
