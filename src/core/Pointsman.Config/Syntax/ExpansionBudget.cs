namespace Pointsman.Config.Syntax;

/// <summary>
/// What a reading may write by itself. Definitions that hold one another twice, or a sequence to a billion, are a few
/// letters that would fill any memory.
/// </summary>
internal sealed class ExpansionBudget
{
    // Enough for 40,000 real servers with a checker each, and a few hundred megabytes at most.
    private const long Letters = 300_000_000;

    // A word that is read costs as much as so many letters that are only copied.
    private const int LettersPerWord = 100;

    /// <summary>A round of a sequence costs as much as so many words, also when nothing comes of it.</summary>
    public const int WordsPerRound = 10;

    /// <summary>Definitions inside one another, and sequences before one another.</summary>
    public const int DepthLimit = 32;

    private long _left = Letters;

    public bool IsSpent => _left < 0;

    /// <summary>False once, when the last of it is spent, and ever after.</summary>
    public bool TrySpend(int letters, int words = 0)
    {
        _left -= letters + ((long)words * LettersPerWord);
        return _left >= 0;
    }
}
