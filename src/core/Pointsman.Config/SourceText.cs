using System.Collections.Immutable;

namespace Pointsman.Config;

/// <summary>A file as it was read; gives back the line a diagnostic points at.</summary>
public sealed class SourceText
{
    private readonly ImmutableArray<int> _lineStarts;

    public SourceText(string fileName, string text)
    {
        FileName = fileName;
        Text = text;
        var starts = ImmutableArray.CreateBuilder<int>();
        starts.Add(0);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                starts.Add(i + 1);
            }
        }

        _lineStarts = starts.ToImmutable();
    }

    public string FileName { get; }

    public string Text { get; }

    public int LineCount => _lineStarts.Length;

    /// <summary>The place behind the last letter.</summary>
    public SourceSpan End => new(FileName, LineCount, Text.Length - _lineStarts[^1] + 1, 1);

    /// <summary>The line without its end, counted from 1; empty when there is no such line.</summary>
    public string Line(int line) => LineSpan(line).ToString();

    /// <summary>The same, in place.</summary>
    public ReadOnlySpan<char> LineSpan(int line)
    {
        if (line < 1 || line > _lineStarts.Length)
        {
            return "";
        }

        int start = _lineStarts[line - 1];
        int end = line < _lineStarts.Length ? _lineStarts[line] - 1 : Text.Length;
        return Text.AsSpan()[start..end].TrimEnd('\r');
    }

    /// <summary>Where a line begins; behind the last one, where the text ends.</summary>
    internal int StartOf(int line) => line <= _lineStarts.Length ? _lineStarts[line - 1] : Text.Length;
}
