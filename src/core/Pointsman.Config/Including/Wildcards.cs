namespace Pointsman.Config.Including;

/// <summary>glob(7): <c>*</c>, <c>?</c> and <c>[...]</c> within a name; a leading dot is matched by a dot only.</summary>
internal static class Wildcards
{
    public static bool AreIn(string text) => text.AsSpan().IndexOfAny('*', '?', '[') >= 0;

    /// <summary>The paths that match, sorted by their letters' codes.</summary>
    public static List<string> Find(string pattern, IConfigSource source)
    {
        List<string> found = [pattern.StartsWith('/') ? "/" : ""];
        string[] parts = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (string part in parts)
        {
            found = AreIn(part)
                ? [.. found.SelectMany(folder => source.NamesIn(folder.Length == 0 ? "." : folder)
                    .Where(name => Matches(part, name))
                    .Select(name => PathText.Combine(folder, name)))]
                : [.. found.Select(folder => PathText.Combine(folder, part))];
        }

        found.RemoveAll(path => source.KindOf(path) == ConfigFileKind.Missing);
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    public static bool Matches(string pattern, string name) =>
        (name.StartsWith('.') ? pattern.StartsWith('.') : true) && MatchesFrom(pattern, name);

    // The last star is the only one worth returning to, so the time is the product of the lengths at most.
    private static bool MatchesFrom(string pattern, string name)
    {
        int at = 0, i = 0, star = -1, resume = 0;
        while (i < name.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                star = at++;
                resume = i;
            }
            else if (at < pattern.Length && TakesLetter(pattern, ref at, name[i]))
            {
                i++;
            }
            else if (star >= 0)
            {
                at = star + 1;
                i = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(at).Trim('*').IsEmpty;
    }

    private static bool TakesLetter(string pattern, ref int at, char letter)
    {
        int end = pattern[at] == '[' ? pattern.IndexOf(']', Math.Min(at + 2, pattern.Length)) : -1;
        if (end < 0)
        {
            bool isTaken = pattern[at] == '?' || pattern[at] == letter;
            at += isTaken ? 1 : 0;
            return isTaken;
        }

        bool isReversed = pattern[at + 1] is '!' or '^';
        bool isIn = IsInSet(pattern.AsSpan()[(at + (isReversed ? 2 : 1))..end], letter);
        at = isIn != isReversed ? end + 1 : at;
        return isIn != isReversed;
    }

    private static bool IsInSet(ReadOnlySpan<char> set, char letter)
    {
        for (int i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                if (letter >= set[i] && letter <= set[i + 2])
                {
                    return true;
                }

                i += 2;
            }
            else if (set[i] == letter)
            {
                return true;
            }
        }

        return false;
    }
}
