using System.Collections.Immutable;

namespace Pointsman.Config.Inventory;

/// <summary>Rows of one block while they are written down.</summary>
internal sealed class BlockInventory(string block)
{
    private readonly ImmutableArray<KnownKeyword>.Builder _rows = ImmutableArray.CreateBuilder<KnownKeyword>();

    public ImmutableArray<KnownKeyword> Rows => _rows.ToImmutable();

    /// <summary>A file with it is refused: the node would do something else than was asked for.</summary>
    public BlockInventory Refused(string name, string takes, string absent, string meaning, string because)
    {
        _rows.Add(new KnownKeyword(block, name, takes, absent, meaning, Fate.Refused, because));
        return this;
    }

    /// <summary>A file with it is used: nobody misses what it does.</summary>
    public BlockInventory NoEffect(string name, string takes, string absent, string meaning, string because)
    {
        _rows.Add(new KnownKeyword(block, name, takes, absent, meaning, Fate.NoEffect, because));
        return this;
    }
}
