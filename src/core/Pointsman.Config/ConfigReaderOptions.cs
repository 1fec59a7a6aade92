namespace Pointsman.Config;

/// <summary>What the reader is told about the node that the configuration is read for.</summary>
public sealed record ConfigReaderOptions
{
    /// <summary>The name that lines beginning with <c>@</c> ask for; empty matches none of them.</summary>
    public string ConfigId { get; init; } = "";

    /// <summary>The value of <c>$_INSTANCE</c>; null: what the file's own <c>instance</c> says.</summary>
    public string? Instance { get; init; }

    /// <summary>What an inclusion names must be there, whatever its keyword; as <c>include_check all</c> in the first line.</summary>
    public bool AllFiles { get; init; }

    /// <summary>Where a path begins that begins with no slash, for <c>$_PWD</c>.</summary>
    public string CurrentFolder { get; init; } = "";

    /// <summary>Looks up <c>${_ENV NAME}</c>; null when there is no such variable.</summary>
    public Func<string, string?> Variable { get; init; } = _ => null;
}
