using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>A block's model, with the statements it came from.</summary>
/// <param name="Given">The last statement of each setting, by its canonical name, also when its argument was wrong.</param>
internal sealed record Bound<T>(T Value, Statement Owner, IReadOnlyDictionary<string, Statement> Given)
{
    public bool Has(string setting) => Given.ContainsKey(setting);

    /// <summary>Where the setting's first argument stands, or the block's header when it was not given.</summary>
    public SourceSpan PlaceOf(string setting) =>
        !Given.TryGetValue(setting, out Statement? statement) ? Owner.HeaderSpan
        : statement.Words.Length > 1 ? statement.Words[1].Span
        : statement.Keyword.Span;
}
