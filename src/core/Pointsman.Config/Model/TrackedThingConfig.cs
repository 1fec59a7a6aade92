namespace Pointsman.Config.Model;

/// <summary>One line of <c>track_file</c> or <c>track_process</c>.</summary>
/// <param name="Weight">Null: the thing's own weight.</param>
public sealed record TrackedThingConfig(string Name, int? Weight, SourceSpan Source)
{
    /// <summary>The weight works the other way round.</summary>
    public bool Reverse { get; init; }
}
