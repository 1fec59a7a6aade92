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

        if (!KeepalivedCommandLine.TryParse(args, out RunOptions options, out string? error))
        {
            Console.Error.WriteLine($"keepalived: {error}");
            return ExitCode.Failure;
        }

        return RunVerb.Run(options);
    }
}
