using System.Globalization;
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

        foreach ((bool isSet, string word) in Flags(options))
        {
            if (isSet)
            {
                yield return word;
            }
        }

        foreach ((string letter, string? file) in Files(options))
        {
            if (file is not null)
            {
                yield return $"-{letter}{Path.GetFullPath(file)}";
            }
        }
    }

    private static (bool IsSet, string Word)[] Flags(RunOptions options) =>
    [
        (!options.Bfd, "-B"),
        (options.AllProcesses, "--all"),
        (!options.Syslog, "-G"),
        (options.LogAddresses, "-a"),
        (options.LogConfiguration, "-d"),
        (options.KeepsAddresses, "-V"),
        (options.KeepsTables, "-I"),
        (!options.Respawns, "-R"),
        (options.DumpsCore, "-m"),
        (options.AllFiles, "-e"),
        (options.SyslogFacility != new RunOptions().SyslogFacility, $"-S{FacilityName(options.SyslogFacility)}"),
        (options.Umask is not null, string.Create(CultureInfo.InvariantCulture, $"-u{options.Umask}")),
        (options.Namespace is not null, $"-s{options.Namespace}"),
    ];

    private static (string Letter, string? File)[] Files(RunOptions options) =>
        [("p", options.PidFile), ("r", options.VrrpPidFile), ("c", options.CheckersPidFile), ("b", options.BfdPidFile)];

    private static string FacilityName(int facility) =>
        facility == 1 ? "user" : string.Create(CultureInfo.InvariantCulture, $"local{facility - 16}");

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
