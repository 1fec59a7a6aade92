using Pointsman.App.Names;
using Pointsman.Linux.Processes;

namespace Pointsman.App.Run;

/// <summary>
/// The hidden command that a daemon without <c>-n</c> starts itself with: a runtime with threads cannot fork, so the
/// background process is a new one that has read the same options.
/// </summary>
internal static class BackgroundCommand
{
    internal const string Name = "background-daemon";

    internal static IEnumerable<string> Write(RunOptions options)
    {
        yield return "-n";
        yield return $"-f{Path.GetFullPath(options.ConfigFile)}";
        if (options.ConfigId is not null)
        {
            yield return $"-i{options.ConfigId}";
        }

        if (options.LogToConsole)
        {
            yield return "-l";
        }

        if (options.LogDetail)
        {
            yield return "-D";
        }

        if (!options.Checkers)
        {
            yield return "-P";
        }

        if (!options.Vrrp)
        {
            yield return "-C";
        }

        if (options.PidFile is not null)
        {
            yield return $"-p{Path.GetFullPath(options.PidFile)}";
        }
    }

    internal static int Run(string[] args)
    {
        ProcessControl.TryStartSession();
        if (!KeepalivedCommandLine.TryParse(args, out RunOptions options, out string? error))
        {
            Console.Error.WriteLine($"keepalived: {error}");
            return ExitCode.Failure;
        }

        return RunVerb.Run(options);
    }
}
