namespace Pointsman.Config.Model;

/// <summary>One line of <c>track_script</c>.</summary>
/// <param name="Weight">Null: the script's own weight.</param>
public sealed record TrackedScriptConfig(string Name, int? Weight, SourceSpan Source)
{
    /// <summary>The weight works the other way round.</summary>
    public bool Reverse { get; init; }
}
