using System.CommandLine;
using System.Text;
using Pointsman.Config.Inventory;

namespace Pointsman.App.Help;

/// <summary><c>pointsman completion bash</c>: a script that makes the shell complete verbs, options and keywords.</summary>
internal static class CompletionCommand
{
    /// <summary>All verbs are asked for when it runs, itself among them.</summary>
    internal static Command Create(Func<RootCommand> root)
    {
        var bash = new Command("bash", "Print the script for bash: `source <(pointsman completion bash)`.");
        bash.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(Bash(root())));
        return new Command("completion", "Print a script that completes this program's command line in a shell.") { bash };
    }

    private static string Bash(RootCommand root)
    {
        var script = new StringBuilder();
        script.Append("""
            # Completion of pointsman for bash.
            _pointsman() {
                local word=${COMP_WORDS[COMP_CWORD]} words
                case "${COMP_WORDS[*]:1:COMP_CWORD-1}" in

            """);
        foreach ((string path, Command command) in Commands("", root).OrderByDescending(entry => entry.Path.Length))
        {
            string words = string.Join(' ', Words(command));
            string pattern = path.Length == 0 ? "*" : $"'{path}'*";
            script.Append($"        {pattern}) words='{words}' ;;\n");
        }

        script.Append("""
                esac
                COMPREPLY=($(compgen -W "$words" -- "$word"))
            }
            complete -o default -F _pointsman pointsman

            """);
        return script.ToString();
    }

    private static IEnumerable<(string Path, Command Command)> Commands(string path, Command command) =>
        command.Subcommands
            .SelectMany(inner => Commands(path.Length == 0 ? inner.Name : $"{path} {inner.Name}", inner))
            .Append((path, command));

    private static IEnumerable<string> Words(Command command) =>
        command.Subcommands.Where(inner => !inner.Hidden).Select(inner => inner.Name)
            .Concat(command.Options.Where(option => !option.Hidden).Select(option => option.Name).Where(name => name.StartsWith("--", StringComparison.Ordinal)))
            .Concat(command.Name == HelpCommand.KeywordName ? KeywordManual.Entries.Select(entry => entry.Name).Where(IsPlain).Distinct().Order(StringComparer.Ordinal) : []);

    // Settings in comments have a mark that a shell would have to quote.
    private static bool IsPlain(string name) => !name.Contains(' ') && !name.Contains('\'');
}
