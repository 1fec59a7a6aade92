using Pointsman.Config.Binding;

namespace Pointsman.Config.Grammar;

/// <summary>One row of the language: a keyword of a block.</summary>
/// <param name="Meaning">One line for people.</param>
internal abstract record Keyword(string Name, Argument Argument, string Meaning)
{
    /// <summary>The block it opens, or null.</summary>
    public BlockGrammar? Opens { get; init; }

    /// <summary>What counts when it is absent, as one would type it.</summary>
    public string? Default { get; init; }

    /// <summary>There is no default: a block without it is refused.</summary>
    public bool IsRequired { get; init; }

    /// <summary>May stand several times in a block.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>The other name of the same setting, when both are good.</summary>
    public string? SameAs { get; init; }

    /// <summary>The name under which the setting is counted.</summary>
    public string Canonical => SameAs ?? OldNameOf ?? Name;

    /// <summary>The name to use instead, when this one is old.</summary>
    public string? OldNameOf { get; init; }

    /// <summary>Why keepalived itself does nothing with it any more.</summary>
    public string? ObsoleteBecause { get; init; }

    /// <summary>Why this version does nothing with it.</summary>
    public string? NoEffectBecause { get; init; }
}

/// <summary>A row with what it does to the block's model.</summary>
internal sealed record Keyword<T>(string Name, Argument Argument, string Meaning, Func<T, Setting, T> Apply)
    : Keyword(Name, Argument, Meaning);
