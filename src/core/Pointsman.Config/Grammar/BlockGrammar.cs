using System.Collections.Frozen;
using System.Collections.Immutable;
using Pointsman.Config.Binding;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Grammar;

/// <summary>What may stand in a block.</summary>
internal abstract class BlockGrammar(string name)
{
    /// <summary>The keyword that opens it; <c>the file</c> for the outermost level.</summary>
    public string Name { get; } = name;

    /// <summary>Where a statement of it stands, in words.</summary>
    public string Place => this == FileGrammar.Block ? "outside all blocks" : $"in `{Name}`";

    public abstract IEnumerable<Keyword> Keywords { get; }

    /// <summary>Its lines are entries of a list (addresses, names), not keywords.</summary>
    public abstract bool IsList { get; }

    /// <summary>What a line of a list looks like; null for a block of keywords.</summary>
    public string? EntryForm { get; protected init; }

    public abstract Keyword? Find(string name);

    /// <summary>Reads a block whose header was wrong, for what is to be said of its inside; nothing comes of it.</summary>
    public abstract void ReadForComplaints(Binder binder, Statement statement);
}

/// <summary>A block that fills a <typeparamref name="T"/>.</summary>
internal sealed class BlockGrammar<T> : BlockGrammar
{
    private readonly ImmutableArray<Keyword<T>> _rows = [];
    private readonly FrozenDictionary<string, Keyword<T>> _byName = FrozenDictionary<string, Keyword<T>>.Empty;

    public BlockGrammar(string name, ImmutableArray<Keyword<T>> rows)
        : base(name)
    {
        _rows = rows;
        _byName = rows.ToFrozenDictionary(row => row.Name, StringComparer.Ordinal);
    }

    public BlockGrammar(string name, string entryForm, Func<T, Statement, DiagnosticSink, T> entry)
        : base(name)
    {
        EntryForm = entryForm;
        Entry = entry;
    }

    public override IEnumerable<Keyword> Keywords => _rows;

    public override bool IsList => Entry is not null;

    /// <summary>Takes one line of a list.</summary>
    public Func<T, Statement, DiagnosticSink, T>? Entry { get; }

    /// <summary>Where reading begins when the header is wrong. Null: such a block is skipped.</summary>
    public Func<T>? Blank { get; init; }

    public Keyword<T>? FindRow(string name) => _byName.GetValueOrDefault(name);

    public override Keyword? Find(string name) => FindRow(name);

    public override void ReadForComplaints(Binder binder, Statement statement)
    {
        if (Blank is not null && statement.Body is { } body)
        {
            binder.Bind(this, statement, body.Statements, Blank());
        }
    }
}
