using System.Collections.Immutable;
using Pointsman.Config.Model;

namespace Pointsman.Config;

/// <summary>What reading a file gave.</summary>
/// <param name="Configuration">Null when any diagnostic is an error.</param>
/// <param name="Diagnostics">All of them, in the order of the file.</param>
/// <param name="Sources">The texts the spans point into.</param>
public sealed record ConfigResult(
    Configuration? Configuration,
    ImmutableArray<Diagnostic> Diagnostics,
    ImmutableArray<SourceText> Sources)
{
    /// <summary>Where the settings of the configuration were typed.</summary>
    public SettingPlaces Places { get; init; } = SettingPlaces.None;
}
