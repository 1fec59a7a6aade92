using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Pointsman.App.Check;
using Pointsman.App.Logging;
using Pointsman.Config;
using Pointsman.Config.Effective;
using Pointsman.Config.Judgement;
using Pointsman.Control;
using Pointsman.Linux;
using Pointsman.Linux.Processes;

namespace Pointsman.App.Run;

/// <summary>From a command line to a running daemon: everything that can be refused is refused here, in one line.</summary>
internal static class RunVerb
{
    /// <summary>Tells the process in a network namespace which one it is.</summary>
    private const string NamespaceVariable = "POINTSMAN_NAMESPACE";

    private static readonly TimeSpan BackgroundPatience = TimeSpan.FromSeconds(15);

    /// <summary>A command that changes the tables without a daemon is done in a second or two.</summary>
    private static readonly TimeSpan TablesPatience = TimeSpan.FromSeconds(15);

    internal static int Run(RunOptions options)
    {
        if (options.Namespace is { } name)
        {
            return EnterNamespace(options, name);
        }

        ConfigResult? config = ConfigFile.Read(options, out string? error);
        if (options.TestOnly)
        {
            return ReportTest(options, config, error);
        }

        if (config is null)
        {
            return Refuse(options, error!, ExitCode.Failure);
        }

        options = options.For(config.Configuration?.Instance ?? Environment.GetEnvironmentVariable(NamespaceVariable));
        ConfigFile.Report(config, Console.Error, colour: !Console.IsErrorRedirected);
        if (config.Configuration is null)
        {
            return Refuse(options, $"{options.ConfigFile} has errors; not started", ExitCode.Configuration);
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return Refuse(options, "the daemon moves addresses and loads BPF programs: run it as root", ExitCode.Permission);
        }

        if (options.DumpsCore)
        {
            ProcessControl.AllowCoreFiles();
        }

        if (!options.Foreground)
        {
            return GoToBackground(options);
        }

        options.SetUmask(config.Configuration.Global);
        return Serve(options, config);
    }

    // A whole process is in a namespace from its first thread on: this one becomes the same command there, with a socket and
    // locks of its own.
    private static int EnterNamespace(RunOptions options, string name)
    {
        IEnumerable<string> command = options.TestOnly
            ? [.. BackgroundCommand.Write(options with { Namespace = null }), $"-t{options.TestReportFile}"]
            : BackgroundCommand.Write(options with { Namespace = null }).Skip(options.Foreground ? 0 : 1);
        ProcessControl.Execute(
            "ip", ["netns", "exec", name, "env", $"{NamespaceVariable}={name}", Environment.ProcessPath!, BackgroundCommand.Name, .. command]);
        return Refuse(options, $"`ip netns exec {name}` cannot be run", ExitCode.Failure);
    }

    private static int Refuse(RunOptions options, string why, int code)
    {
        Console.Error.WriteLine($"{options.ProgramName}: {why}");
        return code;
    }

    private static int ReportTest(RunOptions options, ConfigResult? config, string? error)
    {
        TextWriter target = Console.Error;
        if (options.TestReportFile is not null)
        {
            try
            {
                target = new StreamWriter(options.TestReportFile);
            }
            catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
            {
                return Refuse(options, $"cannot write {options.TestReportFile}: {cannot.Message}", ExitCode.Failure);
            }
        }

        using TextWriter? file = options.TestReportFile is null ? null : target;
        if (config is null)
        {
            target.WriteLine($"{options.ProgramName}: {error}");
            return ExitCode.TestCannotRead;
        }

        // keepalived's tester looks at scripts and fails for warnings too; our own verb fails for errors only.
        bool asKeepalived = options.ProgramName == "keepalived";
        config = asKeepalived ? Judge.Scripts(config, new ThisHost()) : config;
        ConfigFile.Report(config, target, colour: file is null && !Console.IsErrorRedirected);
        return asKeepalived ? KeepalivedCodeOf(config)
            : config.Configuration is null ? ExitCode.TestReported : ExitCode.Ok;
    }

    private static int KeepalivedCodeOf(ConfigResult config) => config.Diagnostics switch
    {
        [] => ExitCode.Ok,
        var told when config.Configuration is { Global.EnableScriptSecurity: false }
            && told.Any(diagnostic => diagnostic.IsScriptOfRoot) => ExitCode.TestInsecure,
        _ => ExitCode.TestReported,
    };

    /// <summary>
    /// Starts the daemon as a process of its own session and waits until it answers or has failed. What it says until then is
    /// passed on; it does not keep the streams of who asked, which would wait for their end.
    /// </summary>
    private static int GoToBackground(RunOptions options)
    {
        var start = new ProcessStartInfo("/proc/self/exe", [BackgroundCommand.Name, .. BackgroundCommand.Write(options)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = !options.LogToConsole,
            RedirectStandardError = !options.LogToConsole,
        };
        using Process? daemon = Process.Start(start);
        if (daemon is null)
        {
            return Refuse(options, "the background process could not be started", ExitCode.Failure);
        }

        daemon.StandardInput.Close();
        if (!options.LogToConsole)
        {
            PassOn(daemon);
        }

        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < BackgroundPatience)
        {
            if (daemon.WaitForExit(TimeSpan.FromMilliseconds(20)))
            {
                daemon.WaitForExit();      // for its last words
                return daemon.ExitCode == ExitCode.Ok ? ExitCode.Failure : daemon.ExitCode;
            }

            if (PidFile.HolderOf(options.Paths.PidFile) == daemon.Id && File.Exists(options.Paths.ControlSocket))
            {
                return ExitCode.Ok;
            }
        }

        return Refuse(options, "the background process does not answer; its log says more", ExitCode.Failure);
    }

    private static void PassOn(Process daemon)
    {
        daemon.OutputDataReceived += (_, line) => PassOn(line.Data, Console.Out);
        daemon.ErrorDataReceived += (_, line) => PassOn(line.Data, Console.Error);
        daemon.BeginOutputReadLine();
        daemon.BeginErrorReadLine();
    }

    private static void PassOn(string? line, TextWriter target)
    {
        if (line is not null)
        {
            target.WriteLine(line);
        }
    }

    private static int Serve(RunOptions options, ConfigResult config)
    {
        using ILoggerFactory logging = Logging(options);
        ILogger log = logging.CreateLogger("pointsman");
        try
        {
            Directory.CreateDirectory(options.Paths.RunDirectory);
            using PidFile? alone = PidFile.TryAcquire(options.Paths.PidFile, out int holder);
            if (alone is null)
            {
                return Refuse(options, $"daemon is already running (process {holder})", ExitCode.Failure);
            }

            using PidFile? tables = PidFile.TryAcquire(options.Paths.TablesLock, TablesPatience, out holder);
            if (tables is null)
            {
                return Refuse(options, $"process {holder} is changing the tables and does not end", ExitCode.Failure);
            }

            using var pids = new ProcessIdFiles(options, log);
            pids.Begin();
            if (options.LogConfiguration)
            {
                LogConfiguration(options, config, log);
            }

            using var daemon = new Daemon(options, config.Configuration!, pids, log);
            return daemon.Run();
        }
        catch (Exception known) when (known is ErrnoException or ControlSocketException or IOException
            or UnauthorizedAccessException or Dataplane.DataplaneException)
        {
            Log.CannotStart(log, known.Message);
            return options.LogToConsole ? ExitCode.Failure : Refuse(options, known.Message, ExitCode.Failure);
        }
    }

    private static void LogConfiguration(RunOptions options, ConfigResult config, ILogger log)
    {
        foreach (string line in EffectiveText.Of(EffectiveModel.Of(config.Configuration!, config.Places), options.ConfigFile).Split('\n'))
        {
            Log.Line(log, line);
        }
    }

    private static ILoggerFactory Logging(RunOptions options)
    {
        var sinks = new List<ILineSink>();
        if (options.Syslog)
        {
            sinks.Add(new SyslogSink(options.Identity, options.SyslogFacility));
        }

        if (options.LogToConsole)
        {
            sinks.Add(new ConsoleSink());
        }

        return LoggerFactory.Create(builder => builder
            .SetMinimumLevel(options.LogDetail ? LogLevel.Debug : LogLevel.Information)
            .AddProvider(new LineLoggerProvider(sinks)));
    }
}
