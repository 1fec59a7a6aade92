using Pointsman.App.Genhash;
using Pointsman.App.Run;

namespace Pointsman.App.Names;

/// <summary>Under the name <c>keepalived</c>.</summary>
internal static class KeepalivedProgram
{
    internal static int Run(string[] args)
    {
        if (args is ["-h" or "--help"])
        {
            Console.Out.WriteLine(KeepalivedCommandLine.Usage);
            return ExitCode.Ok;
        }

        if (args is ["-v" or "--version"])
        {
            // keepalived prints its version on standard error, and scripts read it there.
            Console.Error.WriteLine($"Keepalived (Pointsman {ProgramVersion.Text})");
            return ExitCode.Ok;
        }

        if (args is ["-T" or "--genhash", .. var rest])
        {
            return GenhashProgram.Run(rest);
        }

        if (args is [var first, ..] && first.StartsWith("--signum", StringComparison.Ordinal))
        {
            return TellSignal(args is ["--signum", var asked] ? asked : first[Math.Min("--signum=".Length, first.Length)..]);
        }

        if (!KeepalivedCommandLine.TryParse(args, out RunOptions options, out string? error))
        {
            Console.Error.WriteLine($"keepalived: {error}");
            return ExitCode.Failure;
        }

        return RunVerb.Run(options);
    }

    private static int TellSignal(string asked)
    {
        if (SignalPart.NumberOf(asked) is not { } number)
        {
            Console.Error.WriteLine($"Unknown sigfunc {asked}");
            return ExitCode.Failure;
        }

        Console.Out.WriteLine(number);
        return ExitCode.Ok;
    }
}
