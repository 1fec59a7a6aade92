namespace Pointsman.Config.Syntax;

/// <summary><c>$NAME</c>, <c>${NAME}</c> or <c>${NAME ARGUMENTS}</c> in a line.</summary>
/// <param name="Length">With the dollar and the braces.</param>
/// <param name="IsEnded">What follows ends the name: a blank, a comma, a parenthesis, the line's end.</param>
internal readonly record struct Reference(string Name, string Arguments, int Length, bool IsBraced, bool IsEnded)
{
    public static bool TryRead(string text, int dollar, out Reference reference)
    {
        reference = default;
        int start = dollar + 1;
        bool isBraced = start < text.Length && text[start] == '{';
        start += isBraced ? 1 : 0;
        int end = EndOfName(text, start);
        if (end == start)
        {
            return false;
        }

        string name = text[start..end];
        if (!isBraced)
        {
            bool isEnded = end == text.Length || text[end] is ' ' or '\t' or ',' or ')';
            reference = new Reference(name, "", end - dollar, false, isEnded);
            return true;
        }

        int close = text.IndexOf('}', end);
        if (close < 0 || (close > end && text[end] != ' '))
        {
            return false;
        }

        reference = new Reference(name, text[end..close].Trim(), close + 1 - dollar, true, true);
        return true;
    }

    /// <summary>Where a name ends that begins here; here, when none does.</summary>
    public static int EndOfName(string text, int start)
    {
        int end = start;
        while (end < text.Length && (char.IsAsciiLetter(text[end]) || text[end] == '_' || (end > start && char.IsAsciiDigit(text[end]))))
        {
            end++;
        }

        return end;
    }

    /// <summary>An odd number of double quotes stands before it.</summary>
    public static bool IsQuoted(string text, int at) => (text.AsSpan(0, at).Count('"') & 1) == 1;
}
