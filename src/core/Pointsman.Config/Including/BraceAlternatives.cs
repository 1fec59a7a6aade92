namespace Pointsman.Config.Including;

/// <summary><c>{foo/{,cat,dog},bar}</c> as csh writes it out: <c>foo/</c>, <c>foo/cat</c>, <c>foo/dog</c>, <c>bar</c>.</summary>
internal static class BraceAlternatives
{
    /// <summary>More than these are a slip, or an attack.</summary>
    public const int Limit = 1000;

    /// <summary>In the order they are written; a brace without its partner is a plain letter. Never more than the limit and one.</summary>
    public static List<string> Of(string pattern)
    {
        var done = new List<string>();
        var open = new Stack<string>([pattern]);
        while (open.TryPop(out string? next) && done.Count <= Limit)
        {
            if (!TrySplit(next, out string before, out List<string> middle, out string after))
            {
                done.Add(next);
                continue;
            }

            for (int i = middle.Count - 1; i >= 0 && open.Count <= Limit; i--)
            {
                open.Push(before + middle[i] + after);
            }
        }

        return done;
    }

    // The first brace that has a partner.
    private static bool TrySplit(string pattern, out string before, out List<string> middle, out string after)
    {
        (before, middle, after) = ("", [], "");
        for (int open = pattern.IndexOf('{'); open >= 0; open = pattern.IndexOf('{', open + 1))
        {
            middle.Clear();
            int depth = 1;
            int from = open + 1;
            for (int i = open + 1; i < pattern.Length; i++)
            {
                depth += pattern[i] == '{' ? 1 : pattern[i] == '}' ? -1 : 0;
                if ((depth == 1 && pattern[i] == ',') || depth == 0)
                {
                    middle.Add(pattern[from..i]);
                    from = i + 1;
                }

                if (depth == 0)
                {
                    (before, after) = (pattern[..open], pattern[(i + 1)..]);
                    return true;
                }
            }
        }

        return false;
    }
}
