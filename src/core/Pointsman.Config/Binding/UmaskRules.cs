using System.Collections.Immutable;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>Reads <c>umask NUMBER</c> and <c>umask IWGRP | IWOTH</c>, with or without blanks.</summary>
internal static class UmaskRules
{
    public const string Form = "number of at most 0777 (octal, 0x, or decimal) or names such as IWGRP|IWOTH";

    public static GlobalDefinitions Take(GlobalDefinitions global, Setting setting)
    {
        ImmutableArray<Word> words = setting.Statement.Arguments;
        if (words is [{ Text: [>= '0' and <= '9', ..] number }])
        {
            if (FileModeMask.ReadNumber(number) is { } mask)
            {
                return global with { Umask = mask };
            }

            ArgumentReader.ReportWrong(words[0], Form, setting.Sink);
            return global;
        }

        uint bits = 0;
        bool isNameNext = true;
        foreach (Word word in words)
        {
            foreach (string part in Parts(word.Text))
            {
                FileModeMask? bit = FileModeMask.ReadName(part);
                if (isNameNext != (part != "|") || (isNameNext && bit is null))
                {
                    ArgumentReader.ReportWrong(word, Form, setting.Sink);
                    return global;
                }

                bits |= bit?.Bits ?? 0;
                isNameNext = !isNameNext;
            }
        }

        if (isNameNext)
        {
            ArgumentReader.ReportWrong(words[^1], $"{Form}; a name is missing behind the last |", setting.Sink);
            return global;
        }

        return global with { Umask = new FileModeMask(bits) };
    }

    private static IEnumerable<string> Parts(string text) =>
        text.Replace("|", " | ", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
