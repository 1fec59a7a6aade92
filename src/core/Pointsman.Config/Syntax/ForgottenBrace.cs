using Pointsman.Config.Grammar;

namespace Pointsman.Config.Syntax;

/// <summary>Where the grammar shows that a brace was forgotten.</summary>
internal static class ForgottenBrace
{
    /// <summary>
    /// A block's keyword stands without <c>{</c>, and what follows belongs into its block; the lines of a list may be
    /// anything, so there it must belong to no block that is open.
    /// </summary>
    public static bool LacksOpen(List<OpenBlock> open, IReadOnlyList<Word> words, Token next)
    {
        Keyword? keyword = open[^1].Grammar?.Find(words[0].Text);
        bool isComplete = keyword?.Argument.Kind == ArgumentKind.Texts && words.Count > 1;
        return keyword?.Opens is { } inner
            && !isComplete
            && next.Kind == TokenKind.Word
            && (inner.IsList
                ? !open.Exists(block => block.Grammar?.Find(next.Word.Text) is not null)
                : inner.Find(next.Word.Text) is not null);
    }

    /// <summary>
    /// The open block a block keyword belongs to when it cannot stand in the innermost one: what lies between was not
    /// closed. Null when nothing was forgotten.
    /// </summary>
    public static int? OwnerOf(List<OpenBlock> open, Word keyword)
    {
        BlockGrammar? current = open[^1].Grammar;
        if (current?.Find(keyword.Text) is not null)
        {
            return null;
        }

        // In a block that is not known, only the keywords of the file's outermost level are a sure sign.
        int owner = current is null ? 0 : open.Count - 2;
        while (owner >= 0 && open[owner].Grammar?.Find(keyword.Text)?.Opens is null)
        {
            owner--;
        }

        return owner < 0 ? null : owner;
    }
}
