using System.Collections.Immutable;

namespace Pointsman.Config.Syntax;

/// <summary>A name that stands for text: of one line or of several.</summary>
/// <param name="Place">Where it was defined; null for what needs no word, such as the number a sequence has reached.</param>
internal sealed record Definition(string Name, ImmutableArray<ExpandedLine> Lines, SourceSpan? Place)
{
    public bool IsMultiLine => Lines.Length > 1;

    /// <summary>The text, if it is one line.</summary>
    public string Value => Lines.IsEmpty ? "" : Lines[0].Text;

    public static Definition Of(string name, string value) =>
        new(name, [ExpandedLine.Typed(value, default, [(1, value.Length)])], null);
}
