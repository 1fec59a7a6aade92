using Pointsman.Config.Model;
using Pointsman.Linux.Processes;

namespace Pointsman.App.Run;

/// <summary>How the daemon was asked to run, from either command line.</summary>
internal sealed record RunOptions
{
    public const string DefaultConfigFile = "/etc/keepalived/keepalived.conf";

    /// <summary>The name the program was started under: log lines carry it.</summary>
    public string ProgramName { get; init; } = "pointsman";

    public string ConfigFile { get; init; } = DefaultConfigFile;

    /// <summary>The name that the configuration's <c>@</c> lines ask for; null: the host's.</summary>
    public string? ConfigId { get; init; }

    /// <summary>Stay in the foreground (<c>-n</c>).</summary>
    public bool Foreground { get; init; }

    /// <summary>Log to the console as well as to syslog (<c>-l</c>).</summary>
    public bool LogToConsole { get; init; }

    /// <summary>Tell more (<c>-D</c>).</summary>
    public bool LogDetail { get; init; }

    /// <summary>Run VRRP (not with <c>-C</c> alone).</summary>
    public bool Vrrp { get; init; } = true;

    /// <summary>Run health checks and the data path (not with <c>-P</c> alone).</summary>
    public bool Checkers { get; init; } = true;

    /// <summary>Watch paths by BFD (not with <c>-B</c>).</summary>
    public bool Bfd { get; init; } = true;

    /// <summary>Start the child processes also where the configuration has nothing for them (<c>--all</c>).</summary>
    public bool AllProcesses { get; init; }

    public string? PidFile { get; init; }

    public string? VrrpPidFile { get; init; }

    /// <summary>Servers are checked by the control process: its own.</summary>
    public string? CheckersPidFile { get; init; }

    public string? BfdPidFile { get; init; }

    /// <summary>As syslog numbers them; 3 is daemon.</summary>
    public int SyslogFacility { get; init; } = 3;

    public bool Syslog { get; init; } = true;

    /// <summary>Log each address that comes or goes on this host (<c>-a</c>).</summary>
    public bool LogAddresses { get; init; }

    /// <summary>Log the configuration in force (<c>-d</c>).</summary>
    public bool LogConfiguration { get; init; }

    /// <summary>Null: what the file says, or else as it was inherited.</summary>
    public FileModeMask? Umask { get; init; }

    /// <summary>Leave addresses, routes and rules when it stops (<c>-V</c>).</summary>
    public bool KeepsAddresses { get; init; }

    /// <summary>Leave the data path when it stops (<c>-I</c>).</summary>
    public bool KeepsTables { get; init; }

    /// <summary>Start a child process that died again (not with <c>-R</c>).</summary>
    public bool Respawns { get; init; } = true;

    /// <summary>The network namespace to run in; null: where it was started.</summary>
    public string? Namespace { get; init; }

    public bool DumpsCore { get; init; }

    /// <summary>A file of the configuration that is missing is an error (<c>-e</c>).</summary>
    public bool AllFiles { get; init; }

    /// <summary>Read the file, say what is wrong, and leave (<c>-t</c>).</summary>
    public bool TestOnly { get; init; }

    /// <summary>Where the messages of the test go; null: standard error.</summary>
    public string? TestReportFile { get; init; }

    public RunPaths Paths { get; init; } = RunPaths.Default;

    /// <summary>The name in the configuration when several daemons share a host.</summary>
    public string? Instance { get; init; }

    /// <summary>As the log names this daemon; keepalived puts the instance behind its name, too.</summary>
    public string Identity => Instance is null ? ProgramName : $"{ProgramName}_{Instance}";

    /// <summary>The command line's, or the file's, or the one it was started with.</summary>
    public void SetUmask(GlobalDefinitions global) => ProcessControl.SetUmask((Umask ?? global.Umask)?.Bits);

    /// <summary>With paths of its own, unless the command line has named others.</summary>
    public RunOptions For(string? instance) => this with
    {
        Instance = instance,
        Paths = instance is not null && Paths == RunPaths.Default ? RunPaths.Of(instance) : Paths,
    };
}
