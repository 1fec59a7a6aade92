using System.Collections.Immutable;
using System.Text;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>
/// Cuts a script's line into program and arguments as keepalived does, without a shell: single and double quotes
/// group, a backslash takes the next character as it is. A whole command in double quotes is cut inside them.
/// </summary>
internal static class CommandLine
{
    public static ImmutableArray<string> Read(Setting setting)
    {
        ImmutableArray<Word> words = setting.Statement.Arguments;
        if (words[0].Text.StartsWith('<'))
        {
            setting.Sink.Report(DiagnosticCatalogue.ValueNotSupportedYet, words[0].Span, "script", words[0].Text);
            return [];
        }

        ImmutableArray<string> command = words is [{ IsQuoted: true }]
            ? Split(words[0].Text)
            : Split(words[0].Line[words[0].Start..words[^1].End]);
        if (command.IsEmpty)
        {
            ArgumentReader.ReportWrong(words[0], "a program and its arguments", setting.Sink);
        }

        return command;
    }

    private static ImmutableArray<string> Split(string text)
    {
        var parts = ImmutableArray.CreateBuilder<string>();
        var part = new StringBuilder();
        char quote = '\0';
        bool isInPart = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\\' && quote != '\'' && i + 1 < text.Length)
            {
                part.Append(text[++i]);
                isInPart = true;
            }
            else if (c == quote || (quote == '\0' && c is '"' or '\''))
            {
                quote = c == quote ? '\0' : c;
                isInPart = true;
            }
            else if (quote != '\0' || !char.IsWhiteSpace(c))
            {
                part.Append(c);
                isInPart = true;
            }
            else if (isInPart)
            {
                parts.Add(part.ToString());
                part.Clear();
                isInPart = false;
            }
        }

        if (isInPart)
        {
            parts.Add(part.ToString());
        }

        return parts.ToImmutable();
    }
}
