using System.CommandLine;
using System.Text;
using Pointsman.App.Run;
using Pointsman.Config;
using Pointsman.Config.Formatting;

namespace Pointsman.App.Format;

/// <summary><c>pointsman fmt</c>: lays configuration files out, and changes nothing of what they mean.</summary>
internal static class FormatCommand
{
    private const string StandardInput = "-";

    /// <summary>Exit code of <c>--check</c> when a file is laid out otherwise.</summary>
    private const int WouldChange = 1;

    private enum Purpose
    {
        Print,
        Write,
        Check,
        Diff,
        CheckAndDiff,
    }

    internal static Command Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Configuration files, or parts of one; - is standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        var write = new Option<bool>("--write", "-w") { Description = "Change the files themselves." };
        var check = new Option<bool>("--check") { Description = "Change nothing; name the files that would change, and leave with 1." };
        var diff = new Option<bool>("--diff", "-d") { Description = "Print what would change as a patch, instead of the text." };
        var command = new Command(
            "fmt",
            "Lay configuration files out: indentation, blanks, braces. Comments, inclusions, definitions, conditions and meaning stay.")
        {
            files, write, check, diff,
        };
        command.Validators.Add(parsed =>
        {
            string[] named = parsed.GetValue(files) ?? [];
            if (parsed.GetValue(write) && parsed.GetValue(diff))
            {
                parsed.AddError("--write changes files and --diff does not: name one of them");
            }
            else if (parsed.GetValue(write) && parsed.GetValue(check))
            {
                parsed.AddError("--write changes files and --check does not: name one of them");
            }
            else if (parsed.GetValue(write) && named.Contains(StandardInput))
            {
                parsed.AddError("standard input cannot be changed: leave --write out, and the text is printed");
            }
            else if (named.Length > 1 && !parsed.GetValue(write) && !parsed.GetValue(check) && !parsed.GetValue(diff))
            {
                parsed.AddError("several files cannot be printed as one: type --write to change them, or --check or --diff to compare");
            }
        });
        command.SetAction(parsed =>
        {
            Purpose purpose = parsed.GetValue(write) ? Purpose.Write
                : (parsed.GetValue(check), parsed.GetValue(diff)) switch
                {
                    (true, true) => Purpose.CheckAndDiff,
                    (true, false) => Purpose.Check,
                    (false, true) => Purpose.Diff,
                    (false, false) => Purpose.Print,
                };
            return parsed.GetValue(files)!.Select(file => Format(file, purpose, parsed.InvocationConfiguration)).ToList().Max();
        });
        return command;
    }

    private static int Format(string path, Purpose purpose, InvocationConfiguration streams)
    {
        string name = path == StandardInput ? "standard input" : path;
        string real = path == StandardInput ? "/dev/stdin" : path;
        if (!DiskSource.TryReadBytes(real, out ReadOnlySpan<byte> bytes, out string error))
        {
            streams.Error.WriteLine($"pointsman: cannot read {name}: {error}");
            return ExitCode.Configuration;
        }

        Encoding encoding = EncodingOf(bytes);
        string text = encoding.GetString(bytes);
        FormatResult result = Formatter.Format(name, text);
        if (result.Text is not { } formatted)
        {
            streams.Error.Write(DiagnosticRenderer.Human(
                new ConfigResult(null, result.Diagnostics, [result.Source]), colour: !Console.IsErrorRedirected));
            streams.Error.WriteLine($"\n{name}: not formatted: first put right what is wrong");
            return ExitCode.Configuration;
        }

        switch (purpose)
        {
            case Purpose.Print:
                streams.Output.Write(formatted);
                return ExitCode.Ok;
            case Purpose.Check when formatted != text:
                streams.Output.WriteLine($"{name}:{FirstDifference(text, formatted)}: would change");
                return WouldChange;
            case Purpose.Diff or Purpose.CheckAndDiff:
                streams.Output.Write(UnifiedDiff.Of(name, text, formatted));
                return purpose == Purpose.CheckAndDiff && formatted != text ? WouldChange : ExitCode.Ok;
            case Purpose.Write when formatted != text:
                return Write(path, encoding.GetBytes(formatted), streams);
            default:
                return ExitCode.Ok;
        }
    }

    private static int Write(string path, byte[] bytes, InvocationConfiguration streams)
    {
        try
        {
            WholeFile.Replace(path, bytes);
            streams.Output.WriteLine($"{path}: formatted");
            return ExitCode.Ok;
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException or Linux.ErrnoException)
        {
            streams.Error.WriteLine($"pointsman: {path} is as it was: {cannot.Message}");
            return ExitCode.Configuration;
        }
    }

    // A comment in an old encoding has bytes that are no UTF-8; they must come out as they went in.
    private static Encoding EncodingOf(ReadOnlySpan<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) ? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) : Encoding.Latin1;

    private static int FirstDifference(string text, string formatted)
    {
        int same = text.AsSpan().CommonPrefixLength(formatted);
        return text.AsSpan(0, same).Count('\n') + 1;
    }
}
