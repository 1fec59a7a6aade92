using System.CommandLine;
using Pointsman.App.Check;
using Pointsman.App.Config;
using Pointsman.App.Format;
using Pointsman.App.Help;
using Pointsman.App.Mastership;
using Pointsman.App.Names;
using Pointsman.App.RealServer;
using Pointsman.App.Reload;
using Pointsman.App.Run;
using Pointsman.App.Servers;
using Pointsman.App.Trace;
using Pointsman.Lab;
using Pointsman.PathWatch;
using Pointsman.PathWatch.Client;

namespace Pointsman.App;

/// <summary>The program's own command line: one verb, one file.</summary>
internal static class PointsmanCommand
{
    /// <summary>What the lab starts its client with.</summary>
    private const string LabProbeName = "lab-probe";

    internal static int Run(string[] args) => args switch
    {
        // What the program starts itself as, and what its build script asks; nobody types these.
        [RoleCommandLine.Name, ..] => RoleCommandLine.Run(),
        [PathWatchClient.CommandName, ..] => PathWatchProcess.Run(),
        [BackgroundCommand.Name, .. var rest] => BackgroundCommand.Run(rest),
        [LabProbeName, .. var rest] => LabProbe.Run(rest),
        ["--answers-to", var name] => Personalities.Find(name) is null ? ExitCode.Failure : ExitCode.Ok,

        // The lab takes a machine's command line as it is, options included.
        ["lab", .. var rest] => LabCli.Run(rest, new LabOptions()),
        _ => Invoke(Root().Parse(args)),
    };

    private static int Invoke(ParseResult parsed)
    {
        int code = parsed.Invoke();
        return parsed.Errors.Count > 0 ? ExitCode.WrongUsage : code;
    }

    internal static RootCommand Root() => new(
        "Pointsman: virtual IPs by VRRP, health checks and load balancing, from one keepalived.conf.\n"
        + "Started under the name keepalived, ipvsadm or genhash it takes that tool's command line.")
    {
        RunCommand.Create(),
        StatusCommand.Create(),
        TraceCommand.Create(),
        VrrpCommand.Create(),
        ServerCommand.Create(),
        CheckCommand.Create(),
        RealServerCommand.Create(),
        ConfigCommand.Create(),
        DiffCommand.Create(),
        ReloadCommand.Create(),
        FormatCommand.Create(),
        HelpCommand.Create(),
        CompletionCommand.Create(Root),
        new Command("lab", "Run a whole cluster on this machine, in network namespaces (`pointsman lab --help`)."),
    };
}
