using System.Globalization;
using System.Text;

namespace Pointsman.App.Format;

/// <summary>What tells two texts apart, in the form that <c>patch</c> takes. Made for texts that are laid out anew: most lines stay or have a like.</summary>
internal sealed class UnifiedDiff
{
    private const int ContextLines = 3;

    /// <summary>How far lines that were added or dropped are looked over for the next that both have.</summary>
    private const int Lookahead = 64;

    private readonly string[] _before;
    private readonly string[] _after;
    private readonly List<(char Mark, string Line)> _lines = [];

    private UnifiedDiff(string before, string after)
    {
        _before = Lines(before);
        _after = Lines(after);
    }

    /// <summary>Empty when the texts are the same.</summary>
    /// <param name="name">Of the file; the text before has <c>.orig</c> behind it.</param>
    internal static string Of(string name, string before, string after)
    {
        if (before == after)
        {
            return "";
        }

        var diff = new UnifiedDiff(before, after);
        diff.Align();
        return diff.Render(name);
    }

    // The line end belongs to the line, so that the last one may lack it.
    private static string[] Lines(string text)
    {
        var lines = new List<string>();
        for (int start = 0; start < text.Length;)
        {
            int end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[start..end]);
            start = end;
        }

        return [.. lines];
    }

    private void Align()
    {
        int left = 0, right = 0;
        while (left < _before.Length || right < _after.Length)
        {
            if (left < _before.Length && right < _after.Length && _before[left] == _after[right])
            {
                _lines.Add((' ', _before[left]));
                left++;
                right++;
                continue;
            }

            // What goes stands before what comes, over the whole of a change.
            (int firstLeft, int firstRight) = (left, right);
            while ((left < _before.Length || right < _after.Length)
                && !(left < _before.Length && right < _after.Length && _before[left] == _after[right]))
            {
                (int dropped, int added) = NextPair(left, right);
                left += dropped;
                right += added;
            }

            _lines.AddRange(_before[firstLeft..left].Select(line => ('-', line)));
            _lines.AddRange(_after[firstRight..right].Select(line => ('+', line)));
        }
    }

    // The nearest line that both have; without one nearby, one line of each goes.
    private (int Dropped, int Added) NextPair(int left, int right)
    {
        int lefts = Math.Min(Lookahead, _before.Length - left), rights = Math.Min(Lookahead, _after.Length - right);
        for (int sum = 1; sum < lefts + rights; sum++)
        {
            for (int dropped = Math.Max(0, sum - rights + 1); dropped <= Math.Min(sum, lefts - 1); dropped++)
            {
                if (_before[left + dropped] == _after[right + sum - dropped])
                {
                    return (dropped, sum - dropped);
                }
            }
        }

        return (Math.Min(1, lefts), Math.Min(1, rights));
    }

    private string Render(string name)
    {
        var text = new StringBuilder($"--- {name}.orig\n+++ {name}\n");
        int left = 1, right = 1;
        for (int at = 0; at < _lines.Count;)
        {
            if (_lines[at].Mark == ' ' && !IsNearAChange(at))
            {
                left++;
                right++;
                at++;
                continue;
            }

            int end = at;
            while (end < _lines.Count && (_lines[end].Mark != ' ' || IsNearAChange(end)))
            {
                end++;
            }

            List<(char Mark, string Line)> hunk = _lines[at..end];
            int lefts = hunk.Count(line => line.Mark != '+'), rights = hunk.Count(line => line.Mark != '-');
            text.Append(CultureInfo.InvariantCulture, $"@@ -{Range(left, lefts)} +{Range(right, rights)} @@\n");
            hunk.ForEach(line => Append(text, line));
            left += lefts;
            right += rights;
            at = end;
        }

        return text.ToString();
    }

    private bool IsNearAChange(int at)
    {
        int last = Math.Min(_lines.Count - 1, at + ContextLines);
        for (int near = Math.Max(0, at - ContextLines); near <= last; near++)
        {
            if (_lines[near].Mark != ' ')
            {
                return true;
            }
        }

        return false;
    }

    private static string Range(int first, int count) => string.Create(
        CultureInfo.InvariantCulture, $"{(count == 0 ? first - 1 : first)}{(count == 1 ? "" : $",{count}")}");

    private static void Append(StringBuilder text, (char Mark, string Line) line)
    {
        text.Append(line.Mark).Append(line.Line);
        if (!line.Line.EndsWith('\n'))
        {
            text.Append("\n\\ No newline at end of file\n");
        }
    }
}
