using System.CommandLine;

namespace Pointsman.App.Run;

/// <summary><c>pointsman run</c>: the daemon, in the foreground.</summary>
internal static class RunCommand
{
    internal static Command Create()
    {
        var file = new Option<string>("--use-file", "-f")
        {
            Description = "The configuration file.",
            HelpName = "FILE",
            DefaultValueFactory = _ => RunOptions.DefaultConfigFile,
        };
        Option<string?> configId = CommonOptions.ConfigId();
        var console = new Option<bool>("--log-console", "-l") { Description = "Log to the console as well as to syslog (the default here)." };
        var noFork = new Option<bool>("--dont-fork", "-n") { Description = "Stay in the foreground (always so for this verb)." };
        var detail = new Option<bool>("--log-detail", "-D") { Description = "Log in detail." };
        var vrrp = new Option<bool>("--vrrp", "-P") { Description = "Only run VRRP." };
        var checkers = new Option<bool>("--check", "-C") { Description = "Only run health checks and balancing." };
        var pid = new Option<string?>("--pid", "-p") { Description = "Write the process id to this file.", HelpName = "FILE" };
        var test = new Option<string?>("--config-test", "-t")
        {
            Description = "Check the configuration and leave; messages to FILE or standard error.",
            HelpName = "FILE",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string> runDirectory = CommonOptions.RunDirectory();
        Option<string> pinDirectory = CommonOptions.PinDirectory();
        var command = new Command("run", "Run the daemon: read FILE, move virtual IPs, check servers, balance connections.")
        {
            file, configId, console, noFork, detail, vrrp, checkers, pid, test, runDirectory, pinDirectory,
        };
        command.SetAction(parsed =>
        {
            bool onlyVrrp = parsed.GetValue(vrrp), onlyCheckers = parsed.GetValue(checkers);
            return RunVerb.Run(new RunOptions
            {
                ConfigFile = parsed.GetValue(file)!,
                ConfigId = parsed.GetValue(configId),
                Foreground = true,
                LogToConsole = true,
                LogDetail = parsed.GetValue(detail),
                Vrrp = onlyVrrp || !onlyCheckers,
                Checkers = onlyCheckers || !onlyVrrp,
                PidFile = parsed.GetValue(pid),
                TestOnly = parsed.GetResult(test) is not null,
                TestReportFile = parsed.GetValue(test),
                Paths = new RunPaths(parsed.GetValue(runDirectory)!, parsed.GetValue(pinDirectory)!),
            });
        });
        return command;
    }
}
