namespace Pointsman.Control.Status;

/// <summary>News that goes out to people: how its sending stands.</summary>
public sealed record SendingStatus
{
    /// <summary><c>e-mail</c> or <c>webhook</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The server it goes to.</summary>
    public string Target { get; init; } = "";

    public int Waiting { get; init; }

    public long Sent { get; init; }

    /// <summary>Attempts that failed.</summary>
    public long Failures { get; init; }

    /// <summary>Never sent: refused for good, too old, too many.</summary>
    public long Dropped { get; init; }

    /// <summary>Why the last attempt failed; null while all goes well.</summary>
    public string? LastError { get; init; }

    public double? LastSentSecondsAgo { get; init; }

    public double? NextTrySeconds { get; init; }

    /// <summary>One line for people.</summary>
    internal string Text(StatusInk ink)
    {
        string state = LastError is null ? "" : $"  {ink.Bad("FAILING")} {LastError}{Next()}";
        string last = LastSentSecondsAgo is { } ago ? $" (last {StatusFigures.Span(ago)} ago)" : "";
        return $"{Kind} to {Target}  sent {StatusFigures.Plain(Sent)}{last}  waiting {StatusFigures.Plain(Waiting)}"
            + $"  failed attempts {StatusFigures.Plain(Failures)}  dropped {StatusFigures.Plain(Dropped)}{state}";
    }

    private string Next() => NextTrySeconds is { } seconds ? $"; next attempt in {StatusFigures.Span(seconds)}" : "";
}
