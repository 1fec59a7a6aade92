using Pointsman.Config.Grammar;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>A statement whose keyword is known and whose arguments are good: what a row of the table works with.</summary>
internal sealed record Setting(Binder Binder, Statement Statement, ArgumentValue Value)
{
    public DiagnosticSink Sink => Binder.Sink;

    public int Whole => (int)Value.Number;

    public SourceSpan FirstArgument => Statement.Words.Length > 1 ? Statement.Words[1].Span : Statement.Keyword.Span;

    /// <summary>Reads the statement's block.</summary>
    public Bound<TInner> Bind<TInner>(BlockGrammar<TInner> grammar, TInner start) =>
        Binder.Bind(grammar, Statement, Statement.Body?.Statements ?? [], start);
}
