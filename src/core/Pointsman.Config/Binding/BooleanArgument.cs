using System.Collections.Immutable;
using Pointsman.Config.Grammar;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>keepalived's booleans: exactly <c>on true yes off false no</c>; a bare keyword means on.</summary>
internal static class BooleanArgument
{
    public static bool TryRead(
        ImmutableArray<Word> words, BlockGrammar grammar, DiagnosticSink sink, out ArgumentValue value)
    {
        value = new ArgumentValue { IsOn = true };
        if (words.IsEmpty || grammar.Find(words[0].Text) is not null)
        {
            return true;
        }

        switch (words[0].Text)
        {
            case "on" or "true" or "yes":
                value = new ArgumentValue { IsOn = true, TakenCount = 1 };
                return true;
            case "off" or "false" or "no":
                value = new ArgumentValue { IsOn = false, TakenCount = 1 };
                return true;
            default:
                return ArgumentReader.ReportWrong(words[0], Argument.Boolean.Description, sink);
        }
    }
}
