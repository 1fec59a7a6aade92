using System.Collections.Immutable;
using System.CommandLine;
using Pointsman.Config.Inventory;

namespace Pointsman.App.Help;

/// <summary><c>pointsman help keyword NAME</c>: the manual of the configuration, a keyword at a time.</summary>
internal static class HelpCommand
{
    internal const string KeywordName = "keyword";

    internal static Command Create()
    {
        var names = new Argument<string[]>("NAME") { Description = "Keywords of keepalived.conf.", Arity = ArgumentArity.OneOrMore };
        var keyword = new Command(KeywordName, "Tell what keywords of keepalived.conf take and mean, and what becomes of them here.") { names };
        keyword.SetAction(parsed =>
        {
            int code = ExitCode.Ok;
            foreach (string name in parsed.GetValue(names)!)
            {
                if (!TryWrite(name, parsed.InvocationConfiguration.Output))
                {
                    parsed.InvocationConfiguration.Error.WriteLine(Unknown(name));
                    code = ExitCode.Failure;
                }
            }

            return code;
        });
        return new Command("help", "Explain the configuration.") { keyword };
    }

    private static bool TryWrite(string name, TextWriter target)
    {
        ImmutableArray<KeywordEntry> entries = KeywordManual.Find(name);
        foreach (KeywordEntry entry in entries)
        {
            string takes = entry.Takes.Length == 0 ? "" : $" {entry.Takes.Replace("`", "", StringComparison.Ordinal)}";
            target.WriteLine($"{entry.Name}{takes}");
            WriteLine(target, "stands in", entry.Block);
            WriteLine(target, "means", entry.Meaning);
            WriteLine(target, "default", entry.Default);
            WriteLine(target, "since", entry.Since ?? "");
            WriteLine(target, "here", entry.Code is null ? entry.Here : $"{entry.Here} ({entry.Code})");
            target.WriteLine();
        }

        return !entries.IsEmpty;
    }

    private static void WriteLine(TextWriter target, string title, string text)
    {
        if (text.Length > 0)
        {
            target.WriteLine($"  {title,-10} {text}");
        }
    }

    private static string Unknown(string name)
    {
        string guess = KeywordManual.Nearest(name) is { } near ? $"did you mean `{near}`?" : "docs/configuration.md lists all there are";
        return $"pointsman: keepalived has no keyword `{name}`; {guess}";
    }
}
