using System.Collections.Immutable;

namespace Pointsman.Config.Model;

/// <summary><c>MISC_CHECK</c>.</summary>
public sealed record MiscCheckConfig(SourceSpan Source) : CheckerConfig(Source)
{
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>Null: the delay loop.</summary>
    public TimeSpan? Timeout { get; init; }

    public bool IsDynamic { get; init; }

    /// <summary>Null: <c>script_user</c>.</summary>
    public string? User { get; init; }

    public string? Group { get; init; }

    internal override int RetryByDefault => 0;
}
