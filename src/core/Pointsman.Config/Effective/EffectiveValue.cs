using System.Collections.Immutable;

namespace Pointsman.Config.Effective;

/// <summary>A value in the form its keyword takes.</summary>
public abstract record EffectiveValue
{
    private EffectiveValue()
    {
    }

    public sealed record Number(long Value) : EffectiveValue;

    public sealed record Seconds(TimeSpan Value) : EffectiveValue;

    public sealed record Text(string Value) : EffectiveValue;

    /// <summary>Several words, such as a user and a group.</summary>
    public sealed record Words(ImmutableArray<string> Values) : EffectiveValue;

    /// <summary>A program and its arguments.</summary>
    public sealed record Command(ImmutableArray<string> Parts) : EffectiveValue;

    /// <summary>A pattern, with escapes where it is typed.</summary>
    public sealed record Pattern(string Value) : EffectiveValue;

    /// <summary>A program with its arguments in one pair of quotes, and who runs it, if that is said.</summary>
    public sealed record Script(ImmutableArray<string> Parts, string? User, string? Group) : EffectiveValue;

    /// <summary>A weight, and whether it is reversed.</summary>
    public sealed record Weight(long Value, bool IsReverse) : EffectiveValue;

    /// <summary>A keyword that stands alone when it is on, and is left out when it is off.</summary>
    public sealed record Flag(bool IsOn) : EffectiveValue;

    /// <summary>A keyword with on or off behind it.</summary>
    public sealed record Switch(bool IsOn) : EffectiveValue;

    /// <summary>A block of lines.</summary>
    /// <param name="EntryName">What the first word of a line is.</param>
    public sealed record Entries(string EntryName, ImmutableArray<EffectiveEntry> Lines) : EffectiveValue;

    /// <summary>Nothing is typed, and nothing can be that means the same.</summary>
    /// <param name="Because">What counts instead, in words.</param>
    /// <param name="Counts">The value that follows from it; null where there is none.</param>
    /// <param name="IsTime">A value would be seconds.</param>
    public sealed record Absent(string Because, EffectiveValue? Counts = null, bool IsTime = false) : EffectiveValue;
}

/// <summary>A line of a list.</summary>
/// <param name="IsWhole">The entry is all of the line, in words of its own.</param>
public sealed record EffectiveEntry(string Entry, ImmutableArray<EffectiveSetting> Options, bool IsWhole = false);
