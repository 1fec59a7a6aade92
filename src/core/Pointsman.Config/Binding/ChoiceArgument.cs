using Pointsman.Config.Grammar;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>One word out of a row's list.</summary>
internal static class ChoiceArgument
{
    public static bool TryRead(Keyword keyword, Word word, DiagnosticSink sink, out ArgumentValue value)
    {
        Argument argument = keyword.Argument;
        StringComparison comparison = argument.IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        string? choice = argument.Choices.FirstOrDefault(known => known.Equals(word.Text, comparison));
        value = new ArgumentValue { Text = choice ?? "", TakenCount = 1 };
        if (choice is not null)
        {
            return true;
        }

        string? near = EditDistance.Nearest(word.Text, argument.Choices);
        return ArgumentReader.ReportWrong(
            word, argument.Description, sink, near is null ? null : $"did you mean `{near}`?");
    }
}
