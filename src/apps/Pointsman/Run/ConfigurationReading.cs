using System.Collections.Immutable;
using Pointsman.Config;
using Pointsman.Config.Comparison;

namespace Pointsman.App.Run;

/// <summary>A file that was read aside, and what it has differently.</summary>
/// <param name="Read">Null when the file itself cannot be read; <paramref name="Error"/> says why.</param>
internal sealed record ConfigurationReading(
    ReloadRequest Request, string File, ConfigResult? Read, string? Error, ImmutableArray<ConfigurationChange> Changes)
{
    /// <summary>Why it cannot be used; null when it can.</summary>
    internal string? Fault => Error ?? (Read?.Configuration is null ? $"{File} has errors" : null);
}
