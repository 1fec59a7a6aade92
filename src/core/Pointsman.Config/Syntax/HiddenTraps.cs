using System.Collections.Immutable;
using System.Globalization;

namespace Pointsman.Config.Syntax;

/// <summary>What looks harmless in a word and must not become part of a name or a password.</summary>
internal static class HiddenTraps
{
    // What keepalived defines by itself. A reference to any other name that was not defined is plain text to it, and
    // definitions are refused where they stand.
    private static readonly ImmutableArray<string> Predefined =
        ["$_PWD", "$_INSTANCE", "$_RANDOM", "$_HASH", "$_BANG", "$_ENV"];

    /// <summary>Reports the first character that cannot be read or seen, or else the first reference.</summary>
    public static void NoticeInWord(ReadOnlySpan<char> raw, SourceSpan word, DiagnosticSink sink)
    {
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '\ufffd')
            {
                sink.Report(DiagnosticCatalogue.UnreadableCharacter, Part(word, i, 1));
                return;
            }

            if (raw[i] != '\t' && char.GetUnicodeCategory(raw[i]) is UnicodeCategory.Control or UnicodeCategory.Format)
            {
                ReportInvisible(raw[i], Part(word, i, 1), "part of a word, though it cannot be seen", "remove it", sink);
                return;
            }
        }

        foreach (string name in Predefined)
        {
            int at = raw.IndexOf(name, StringComparison.Ordinal);
            if (at >= 0)
            {
                sink.Report(DiagnosticCatalogue.DefinitionNotSupported, Part(word, at, name.Length), name);
                return;
            }
        }
    }

    public static void ReportInvisible(char character, SourceSpan place, string label, string hint, DiagnosticSink sink) =>
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.StrangeBlank, place, $"U+{(int)character:X4}") with
        {
            Label = label,
            Hint = hint,
        });

    private static SourceSpan Part(SourceSpan word, int offset, int length) =>
        word with { Column = word.Column + offset, Length = length };
}
