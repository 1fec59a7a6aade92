namespace Pointsman.Config.Binding;

/// <summary>How far two words are apart in slips of the keyboard: a letter lost, added, changed, or two swapped.</summary>
internal static class EditDistance
{
    // Longer than any keyword: comparing such a word would only cost time.
    private const int LengthLimit = 64;

    /// <summary>The candidate that was probably meant, or null. Of equal ones the first.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        if (word.Length is 0 or > LengthLimit)
        {
            return null;
        }

        string? nearest = null;
        int nearestDistance = Math.Clamp(word.Length / 3, 1, 3) + 1;
        foreach (string candidate in candidates)
        {
            int distance = Between(word.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance < nearestDistance)
            {
                nearest = candidate;
                nearestDistance = distance;
            }
        }

        return nearest;
    }

    private static int Between(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > 3)
        {
            return int.MaxValue;
        }

        int[] beforeLast = new int[right.Length + 1];
        int[] last = new int[right.Length + 1];
        int[] row = new int[right.Length + 1];
        for (int j = 0; j <= right.Length; j++)
        {
            last[j] = j;
        }

        for (int i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int change = left[i - 1] == right[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + change);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last, row) = (last, row, beforeLast);
        }

        return last[right.Length];
    }
}
