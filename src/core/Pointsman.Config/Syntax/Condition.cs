namespace Pointsman.Config.Syntax;

/// <summary><c>@ID REST</c> and <c>@^ID REST</c>: a line for one node, or for all but one.</summary>
internal readonly record struct Condition(string Id, bool IsReversed, ExpandedLine Rest)
{
    public bool HoldsFor(string configId) => (Id == configId && configId.Length > 0) != IsReversed;

    /// <summary>False when no rest follows.</summary>
    public static bool TryRead(ExpandedLine line, out Condition condition)
    {
        int start = line.First + 1;
        bool isReversed = start < line.Text.Length && line.Text[start] == '^';
        start += isReversed ? 1 : 0;
        int length = line.Text.AsSpan(start).IndexOfAny(' ', '\t');
        condition = length < 0 ? default : new Condition(line.Text.Substring(start, length), isReversed, line.Slice(start + length));
        return length >= 0 && !condition.Rest.IsEmpty;
    }
}
