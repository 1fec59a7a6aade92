namespace Pointsman.Config.Model;

/// <summary>One line of <c>track_interface</c>.</summary>
/// <param name="Weight">0: link loss is a fault.</param>
public sealed record TrackedInterfaceConfig(string Name, int Weight, SourceSpan Source)
{
    /// <summary>The weight works the other way round.</summary>
    public bool Reverse { get; init; }
}
