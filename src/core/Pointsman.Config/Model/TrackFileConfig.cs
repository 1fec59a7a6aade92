namespace Pointsman.Config.Model;

/// <summary><c>track_file NAME</c>: a file with a number that counts.</summary>
public sealed record TrackFileConfig(string Name, SourceSpan Source)
{
    public string Path { get; init; } = "";

    /// <summary>What the number is multiplied with; 0: any number but 0 is a fault.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>The weight works the other way round.</summary>
    public bool Reverse { get; init; }

    /// <summary>What a file that is not there is made with at start; null: it is not made.</summary>
    public int? InitialNumber { get; init; }

    /// <summary>Also a file that is there is made anew.</summary>
    public bool Overwrites { get; init; }
}
