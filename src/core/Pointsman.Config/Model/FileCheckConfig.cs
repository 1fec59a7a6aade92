namespace Pointsman.Config.Model;

/// <summary><c>FILE_CHECK</c>: the number in a tracked file moves the server's weight, or fails it.</summary>
public sealed record FileCheckConfig(SourceSpan Source) : CheckerConfig(Source)
{
    /// <summary>The name of its <c>track_file</c>.</summary>
    public string TrackFile { get; init; } = "";

    /// <summary>That file's path.</summary>
    public string Path { get; init; } = "";

    /// <summary>What the number is multiplied with and added to the server's weight; 0: any number but 0 is a failure.</summary>
    public int Weight { get; init; }

    /// <summary>The weight works the other way round.</summary>
    public bool Reverse { get; init; }

    /// <summary>It was typed here, and is not the file's.</summary>
    internal bool HasWeight { get; init; }

    public override bool IsTimed => false;

    internal override int RetryByDefault => 0;
}
