namespace Pointsman.Config.Including;

/// <summary><c>include_check</c>: what inclusions below it must find, whatever their keyword.</summary>
internal static class IncludeCheckLine
{
    public const string Keyword = "include_check";

    public const string Form = "readable, match, wildcard_match, brace_match, all, none; `+` adds, `-` takes away; nothing means all";

    /// <summary>The words are those behind the keyword; the first that is none of them is <paramref name="wrong"/>.</summary>
    public static IncludeChecks Read(IReadOnlyList<string> words, IncludeChecks before, out string? wrong)
    {
        wrong = null;
        if (words.Count == 0)
        {
            return IncludeChecks.All;
        }

        IncludeChecks checks = words[0].AsSpan() is ['+' or '-', ..] ? before : IncludeChecks.None;
        bool isTaken = true;
        foreach (string word in words)
        {
            isTaken = word.StartsWith('+') || (!word.StartsWith('-') && isTaken);
            string name = word.TrimStart('+', '-');
            if (name.Length == 0)
            {
                continue;
            }

            if (Find(name) is not { } check)
            {
                wrong = word;
                return before;
            }

            checks = name == "none" ? IncludeChecks.None : isTaken ? checks | check : checks & ~check;
        }

        // Every other check holds the first.
        return checks == IncludeChecks.None ? checks : checks | IncludeChecks.Readable;
    }

    private static IncludeChecks? Find(string name) => name switch
    {
        "readable" or "read" => IncludeChecks.Readable,
        "match" => IncludeChecks.Match,
        "wildcard_match" or "wildcard" => IncludeChecks.Wildcard,
        "brace_match" or "brace" => IncludeChecks.Brace,
        "all" => IncludeChecks.All,
        "none" => IncludeChecks.None,
        _ => null,
    };
}
