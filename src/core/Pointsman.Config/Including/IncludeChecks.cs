namespace Pointsman.Config.Including;

/// <summary>What an inclusion must find, or else is an error and no warning.</summary>
[Flags]
internal enum IncludeChecks
{
    None = 0,

    /// <summary>What matches is a file that can be read.</summary>
    Readable = 1,

    /// <summary>A name without wildcards is there.</summary>
    Match = 2,

    /// <summary>Wildcards match something.</summary>
    Wildcard = 4,

    /// <summary>Each alternative in braces matches something.</summary>
    Brace = 8,

    All = Readable | Match | Wildcard | Brace,
}
