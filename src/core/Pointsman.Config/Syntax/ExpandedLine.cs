using System.Collections.Immutable;
using System.Text;

namespace Pointsman.Config.Syntax;

/* A line is cut into parts. A typed part stands in a file as it stands here, letter by letter; a replaced part stands for
   the reference that was typed in its place, and so has one place for all its letters. Whatever is cut from a line, or put
   in front of it, every letter keeps its place: that is what a complaint points at. */

/// <summary>One line on its way from the file to the lexer: without comment, and knowing where each letter was typed.</summary>
internal sealed class ExpandedLine
{
    /// <param name="Depth">How many definitions inside one another led here.</param>
    private readonly record struct Part(int Length, SourceSpan Place, bool IsTyped, int Depth);

    private readonly ImmutableArray<Part> _parts;

    private ExpandedLine(string text, ImmutableArray<Part> parts)
    {
        Text = text;
        _parts = parts;
    }

    public string Text { get; }

    /// <summary>Where the first letter stands that is no blank; the length when there is none.</summary>
    public int First
    {
        get
        {
            int first = Text.AsSpan().IndexOfAnyExcept(' ', '\t');
            return first < 0 ? Text.Length : first;
        }
    }

    public bool IsEmpty => First == Text.Length;

    /// <summary>How much work it is to change the line, beside its length.</summary>
    public int PartCount => _parts.Length;

    /// <summary>The place of everything from a letter to the end.</summary>
    public SourceSpan PlaceFrom(int start) => SpanOf(start, Math.Max(1, Text.Length - start));

    /// <summary>Pieces of a file's line, in order, each as it stands there.</summary>
    public static ExpandedLine Typed(string text, SourceSpan place, ImmutableArray<(int Column, int Length)> pieces) =>
        new(text, [.. pieces.Select(piece =>
            new Part(piece.Length, place with { Column = piece.Column, Length = Math.Max(1, piece.Length) }, true, 0))]);

    public static ExpandedLine Join(params IReadOnlyCollection<ExpandedLine> lines) =>
        new(string.Concat(lines.Select(line => line.Text)), [.. lines.SelectMany(line => line._parts)]);

    /// <summary>Where the letters of a range were typed; what led to them is that of the first replaced one.</summary>
    public SourceSpan SpanOf(int start, int length)
    {
        int first = IndexAt(start, out int firstStart);
        if (first < 0)
        {
            return default;
        }

        SourceSpan begin = PlaceAt(first, start - firstStart);
        int last = IndexAt(start + Math.Max(1, length) - 1, out int lastStart);
        SourceSpan end = PlaceAt(last, start + Math.Max(1, length) - 1 - lastStart);
        int typedLength = end.Column + end.Length - begin.Column;
        bool isOneLine = end.Line == begin.Line && end.File == begin.File && typedLength > 0;
        SourceOrigin? origin = begin.Origin;
        for (int i = last; i >= first; i--)
        {
            origin = _parts[i].IsTyped ? origin : _parts[i].Place.Origin;
        }

        return begin with { Length = isOneLine ? typedLength : begin.Length, Origin = origin };
    }

    public int DepthAt(int position)
    {
        int index = IndexAt(position, out _);
        return index < 0 ? 0 : _parts[index].Depth;
    }

    /// <summary>The line from a letter on, or from there to another.</summary>
    public ExpandedLine Slice(int start, int? end = null)
    {
        int stop = end ?? Text.Length;
        return new(Text[start..stop], Cut(start, stop));
    }

    /// <summary>Another text in place of a reference.</summary>
    /// <param name="why">What is said of it below a complaint, or null where that is clear.</param>
    public ExpandedLine Replace(int start, int length, string text, Func<SourceOrigin?, SourceOrigin?> why)
    {
        SourceSpan typed = SpanOf(start, length);
        var part = new Part(text.Length, typed with { Origin = why(typed.Origin) }, false, DepthAt(start) + 1);
        return new ExpandedLine(
            string.Concat(Text.AsSpan(0, start), text, Text.AsSpan(start + length)),
            [.. Cut(0, start), .. text.Length > 0 ? [part] : Array.Empty<Part>(), .. Cut(start + length, Text.Length)]);
    }

    /// <summary>The same line with a step more on the way to it.</summary>
    public ExpandedLine LedHereBy(string description, SourceSpan place, int depth)
    {
        var step = new SourceOrigin(description, place, place.Origin);
        return new(Text, [.. _parts.Select(part => part with { Place = part.Place with { Origin = step }, Depth = depth })]);
    }

    private ImmutableArray<Part> Cut(int start, int end)
    {
        var cut = ImmutableArray.CreateBuilder<Part>();
        int at = 0;
        foreach (Part part in _parts)
        {
            int from = Math.Max(start, at);
            int to = Math.Min(end, at + part.Length);
            if (from < to)
            {
                cut.Add(part with
                {
                    Length = to - from,
                    Place = part.IsTyped ? part.Place with { Column = part.Place.Column + from - at, Length = to - from } : part.Place,
                });
            }

            at += part.Length;
        }

        return cut.ToImmutable();
    }

    // A position behind the last letter belongs to the last part.
    private int IndexAt(int position, out int start)
    {
        start = 0;
        for (int i = 0; i < _parts.Length; i++)
        {
            if (position < start + _parts[i].Length || i == _parts.Length - 1)
            {
                return i;
            }

            start += _parts[i].Length;
        }

        return -1;
    }

    private SourceSpan PlaceAt(int index, int offset)
    {
        Part part = _parts[index];
        return part.IsTyped
            ? part.Place with { Column = part.Place.Column + Math.Min(offset, part.Length), Length = 1 }
            : part.Place;
    }
}
