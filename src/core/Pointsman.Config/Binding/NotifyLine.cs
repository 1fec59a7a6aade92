using System.Collections.Immutable;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>
/// <c>COMMAND [USER [GROUP]]</c>: as in keepalived a command with arguments stands in quotes, for the words behind it say
/// who runs it.
/// </summary>
internal static class NotifyLine
{
    public const string Form = "COMMAND [USER [GROUP]]; a command with arguments stands in quotes";

    /// <summary>Null, with a complaint, when there is no such command.</summary>
    public static NotifyScriptConfig? Read(Setting setting)
    {
        ImmutableArray<Word> words = setting.Statement.Arguments;
        ImmutableArray<string> parts = CommandLine.Split(words[0].Line[words[0].Start..words[^1].End], out string? mistake);
        ImmutableArray<string> command = parts.IsEmpty || mistake is not null ? [] : CommandLine.Split(parts[0], out mistake);
        if (command.IsEmpty || mistake is not null)
        {
            ArgumentReader.ReportWrong(words[0], "a program and its arguments", setting.Sink, mistake);
            return null;
        }

        if (parts.Length > 3)
        {
            string quoted = string.Join(' ', parts).Replace("\"", "\\\"", StringComparison.Ordinal);
            ArgumentReader.ReportWrong(
                words[^1], Form, setting.Sink, "after the command stand a user and a group, and nothing else",
                $"put the command and its arguments in quotes: `{setting.Statement.Keyword.Text} \"{quoted}\"`");
            return null;
        }

        return new NotifyScriptConfig(
            command,
            parts.Length > 1 ? parts[1] : null,
            parts.Length > 2 ? parts[2] : null,
            setting.Statement.HeaderSpan);
    }
}
