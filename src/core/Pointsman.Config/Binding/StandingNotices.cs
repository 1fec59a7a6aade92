using System.Globalization;
using Pointsman.Config.Grammar;
using Pointsman.Config.Inventory;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>
/// What is to be said of a keyword wherever it stands (old, without effect): said once a file, at its
/// first place, since a site repeats the same few words for each of its servers.
/// </summary>
internal sealed class StandingNotices
{
    // Of the other places so many are named, the rest is counted.
    private const int NamedLimit = 8;

    private readonly List<(Diagnostic First, List<Word> Others)> _notices = [];

    public void Take(Keyword keyword, Word word)
    {
        if (keyword.OldNameOf is { } newName)
        {
            Take(word, DiagnosticSink.Make(DiagnosticCatalogue.OldName, word.Span, keyword.Name, newName) with
            {
                Label = "works as before",
                Hint = $"type `{newName}`",
            });
        }

        if (keyword.ObsoleteBecause is { } why)
        {
            Take(word, DiagnosticSink.Make(DiagnosticCatalogue.Obsolete, word.Span, keyword.Name, why));
        }

        if (keyword.NoEffectBecause is { } reason)
        {
            Take(word, DiagnosticSink.Make(DiagnosticCatalogue.NoEffectYet, word.Span, keyword.Name, reason));
        }
    }

    public void Take(KnownKeyword keyword, Word word) =>
        Take(word, DiagnosticSink.Make(DiagnosticCatalogue.NoEffectYet, word.Span, keyword.Name, keyword.Because));

    public void Report(DiagnosticSink sink)
    {
        foreach ((Diagnostic first, List<Word> others) in _notices)
        {
            sink.Add(first with { Hint = WithOthers(first.Hint, "the same in", Places(others, word => LineOf(word, first.Span.File))) });
        }
    }

    // Two complaints with the same words are one complaint about two places.
    private void Take(Word word, Diagnostic diagnostic)
    {
        int index = _notices.FindIndex(notice => notice.First.Message == diagnostic.Message);
        if (index < 0)
        {
            _notices.Add((diagnostic, []));
        }
        else if (word.Span.Origin is null || !IsKnown(_notices[index], word.Span))
        {
            _notices[index].Others.Add(word);
        }
    }

    // A definition's text is read many times.
    private static bool IsKnown((Diagnostic First, List<Word> Others) notice, SourceSpan place) =>
        IsSame(notice.First.Span, place) || notice.Others.TakeLast(NamedLimit).Any(other => IsSame(other.Span, place));

    private static bool IsSame(SourceSpan left, SourceSpan right) => left with { Origin = null } == right with { Origin = null };

    private static string WithOthers(string? hint, string verb, string others) =>
        others.Length == 0 ? hint ?? "" : $"{hint}; {verb} {others}";

    private static string Places(List<Word> words, Func<Word, string> name)
    {
        string named = string.Join(", ", words.Take(NamedLimit).Select(name));
        return words.Count <= NamedLimit ? named : $"{named}, and {words.Count - NamedLimit} more";
    }

    private static string LineOf(Word word, string file)
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"line {word.Span.Line}");
        return word.Span.File == file ? line : $"{line} of {word.Span.File}";
    }
}
