using System.Collections.Immutable;
using Pointsman.Config.Grammar;
using Pointsman.Config.Inventory;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>
/// Walks statements beside the keyword table and fills the model. A statement with a mistake is reported and left out;
/// the walk goes on.
/// </summary>
internal sealed class Binder(DiagnosticSink sink)
{
    public DiagnosticSink Sink { get; } = sink;

    public StandingNotices Notices { get; } = new();

    public SettingPlaces Places { get; } = new();

    /// <summary>Something was left out, so what refers to it may be right after all.</summary>
    public bool HasGaps { get; private set; } = sink.HasErrors;

    public Bound<T> Bind<T>(BlockGrammar<T> grammar, Statement owner, ImmutableArray<Statement> statements, T start)
    {
        var given = new Dictionary<string, Statement>();
        List<(string Setting, Statement Statement)>? misspelt = null;
        T value = start;
        foreach (Statement statement in statements)
        {
            if (grammar.Entry is not null)
            {
                value = BindEntry(grammar.Entry, statement, value);
            }
            else if (grammar.FindRow(statement.Keyword.Text) is { } keyword)
            {
                NoticeSecond(given, keyword, statement);
                value = BindRow(grammar, keyword, statement, value);
            }
            else if (KeywordInventory.Find(grammar.Name, statement.Keyword.Text) is { } known && BindKnown(known, statement))
            {
                // It was spoken of, as far as there is anything to say.
            }
            else
            {
                HasGaps |= statement.Body is not null;
                if (UnknownKeywords.Report(statement, grammar, Sink) is { } meant)
                {
                    HasGaps = true;
                    (misspelt ??= []).Add((meant.Canonical, statement));
                }
            }
        }

        // A setting that was typed wrong is not missing as well.
        foreach ((string setting, Statement statement) in misspelt ?? [])
        {
            given.TryAdd(setting, statement);
        }

        Places.Add(ReferenceEquals(grammar, GlobalGrammar.Block) ? default : owner.HeaderSpan, given);
        return new Bound<T>(value, owner, given);
    }

    /// <summary>False for a keyword that is to be refused.</summary>
    private bool BindKnown(KnownKeyword known, Statement statement)
    {
        if (known.Fate == Fate.Refused)
        {
            return KnownArguments.AskForDefault(known, statement);
        }

        if (KnownArguments.Check(known, statement, Sink))
        {
            Notices.Take(known, statement.Keyword);
        }

        return true;
    }

    private T BindEntry<T>(Func<T, Statement, DiagnosticSink, T> entry, Statement statement, T value)
    {
        int errorCount = Sink.ErrorCount;
        if (statement.Body is null)
        {
            value = entry(value, statement, Sink);
        }
        else
        {
            ReportBlockNotExpected(statement);
        }

        HasGaps |= Sink.ErrorCount > errorCount;
        return value;
    }

    private T BindRow<T>(BlockGrammar<T> grammar, Keyword<T> keyword, Statement statement, T value)
    {
        if (!HasRightShape(grammar, keyword, statement)
            || !ArgumentReader.TryRead(keyword, statement, grammar, Sink, out ArgumentValue argument))
        {
            HasGaps |= keyword.Opens is not null;
            keyword.Opens?.ReadForComplaints(this, statement);
            return value;
        }

        NoticeExtra(grammar, keyword, statement, argument.TakenCount);
        Notices.Take(keyword, statement.Keyword);
        return keyword.Apply(value, new Setting(this, statement, argument));
    }

    private bool HasRightShape(BlockGrammar grammar, Keyword keyword, Statement statement)
    {
        if (keyword.Opens is null && statement.Body is not null)
        {
            if (!HasSecondStatement(grammar, keyword, statement, from: 1))
            {
                ReportBlockNotExpected(statement);
            }

            return false;
        }

        // A list may also be written without a block, one entry a line (notification_email).
        if (keyword.Opens is not null && statement.Body is null && keyword.Argument.Kind != ArgumentKind.Texts)
        {
            Sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.BlockNeeded, statement.HeaderSpan, keyword.Name) with
            {
                Hint = $"type `{keyword.Name}{(statement.Words.Length > 1 ? " ..." : "")} {{`, its settings, and `}}`",
            });
            return false;
        }

        return true;
    }

    private void ReportBlockNotExpected(Statement statement) =>
        Sink.Add(DiagnosticSink.Make(
            DiagnosticCatalogue.BlockNotExpected, statement.Body!.Open, statement.Keyword.Text) with
        {
            Label = "the block is skipped",
        });

    private void NoticeSecond(Dictionary<string, Statement> given, Keyword keyword, Statement statement)
    {
        if (!keyword.IsRepeatable && given.TryGetValue(keyword.Canonical, out Statement? first))
        {
            Sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.GivenTwice, statement.HeaderSpan, keyword.Name) with
            {
                Label = "this one counts",
                Related = new RelatedPlace(first.HeaderSpan, "this one does not"),
            });
        }

        given[keyword.Canonical] = statement;
    }

    private void NoticeExtra(BlockGrammar grammar, Keyword keyword, Statement statement, int takenCount)
    {
        if (statement.Words.Length <= takenCount + 1)
        {
            return;
        }

        if (!HasSecondStatement(grammar, keyword, statement, takenCount + 1))
        {
            Word extra = statement.Words[takenCount + 1];
            Sink.Report(DiagnosticCatalogue.ExtraArgument, extra.Span, extra.Text, keyword.Name, keyword.Argument.Description);
        }
    }

    /// <summary>True, with a complaint, when another keyword of the block stands on the same line.</summary>
    private bool HasSecondStatement(BlockGrammar grammar, Keyword keyword, Statement statement, int from)
    {
        foreach (Word word in statement.Words.AsSpan()[from..])
        {
            if (grammar.Find(word.Text) is null || word.IsQuoted)
            {
                continue;
            }

            Sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.TwoStatements, word.Span, keyword.Name, word.Text) with
            {
                Label = "a statement ends only with its line or at a brace",
                Hint = $"put `{word.Text}` on a line of its own",
            });
            return true;
        }

        return false;
    }
}
