using System.Globalization;

namespace Pointsman.Config.Syntax;

/// <summary>What looks harmless in a word and must not become part of a name or a password.</summary>
internal static class HiddenTraps
{
    /// <summary>The first character that cannot be read or seen, or -1.</summary>
    public static int Find(ReadOnlySpan<char> raw)
    {
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '\ufffd'
                || (raw[i] != '\t' && char.GetUnicodeCategory(raw[i]) is UnicodeCategory.Control or UnicodeCategory.Format))
            {
                return i;
            }
        }

        return -1;
    }

    public static void Report(char character, SourceSpan place, DiagnosticSink sink)
    {
        if (character == '\ufffd')
        {
            sink.Report(DiagnosticCatalogue.UnreadableCharacter, place);
        }
        else
        {
            ReportInvisible(character, place, "part of a word, though it cannot be seen", "remove it", sink);
        }
    }

    public static void ReportInvisible(char character, SourceSpan place, string label, string hint, DiagnosticSink sink) =>
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.StrangeBlank, place, $"U+{(int)character:X4}") with
        {
            Label = label,
            Hint = hint,
        });

    /// <summary>A comment that begins inside a word: often a password that is cut.</summary>
    public static void ReportGluedComment(string word, char mark, SourceSpan place, DiagnosticSink sink) =>
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.CommentInsideWord, place, mark) with
        {
            Label = $"the word ends here, as `{word}`",
            Hint = $"put a blank before a comment; if `{mark}` belongs to the value, put the value in double quotes",
        });
}
