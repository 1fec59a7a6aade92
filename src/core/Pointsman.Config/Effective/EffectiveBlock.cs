using System.Collections.Immutable;

namespace Pointsman.Config.Effective;

/// <summary>A block of the configuration in force, with every setting it has, typed or not.</summary>
/// <param name="Keyword">The keyword that opens it.</param>
/// <param name="Header">What follows the keyword: a name, or an address and a port.</param>
/// <param name="Blocks">Those inside it.</param>
public sealed record EffectiveBlock(
    string Keyword,
    ImmutableArray<EffectiveHeader> Header,
    ImmutableArray<EffectiveSetting> Settings,
    ImmutableArray<EffectiveBlock> Blocks)
{
    /// <summary>It has lines and no keywords: its one setting is called as itself.</summary>
    public bool IsList => Settings is [{ Value: EffectiveValue.Entries } only] && only.Name == Keyword;

    /// <summary>May stand several times beside its like.</summary>
    public bool IsRepeatable { get; init; } = true;

    /// <summary>Behind its header it has lines and no keywords.</summary>
    public bool HasLinesOnly { get; init; }

    /// <summary>A line outside all blocks: a header and no braces.</summary>
    public bool IsLine { get; init; }
}

/// <summary>One word of a block's header, and what it is called.</summary>
public sealed record EffectiveHeader(string Name, EffectiveValue Value);
