using System.Globalization;
using Pointsman.App.Run;
using Pointsman.Config.Model;

namespace Pointsman.App.Names;

/// <summary>keepalived's own command line (getopt_long): short options bundle, values may be joined on.</summary>
internal static class KeepalivedCommandLine
{
    /// <param name="Apply">Null: the value means nothing.</param>
    private sealed record Option(char? Short, string Long, Argument Argument, Func<RunOptions, string?, RunOptions?> Apply);

    private enum Argument
    {
        None,
        Required,
        Optional,
    }

    private static readonly Option[] Known =
    [
        new('f', "use-file", Argument.Required, (o, value) => o with { ConfigFile = value! }),
        new('i', "config-id", Argument.Required, (o, value) => o with { ConfigId = value! }),
        new('n', "dont-fork", Argument.None, (o, _) => o with { Foreground = true }),
        new('l', "log-console", Argument.None, (o, _) => o with { LogToConsole = true }),
        new('D', "log-detail", Argument.None, (o, _) => o with { LogDetail = true }),
        new('P', "vrrp", Argument.None, (o, _) => o with { Checkers = false }),
        new('C', "check", Argument.None, (o, _) => o with { Vrrp = false }),
        new('p', "pid", Argument.Required, (o, value) => o with { PidFile = value }),
        new('B', "no_bfd", Argument.None, (o, _) => o with { Bfd = false }),
        new(null, "all", Argument.None, (o, _) => o with { AllProcesses = true }),
        new('r', "vrrp_pid", Argument.Required, (o, value) => o with { VrrpPidFile = value }),
        new('c', "checkers_pid", Argument.Required, (o, value) => o with { CheckersPidFile = value }),
        new('b', "bfd_pid", Argument.Required, (o, value) => o with { BfdPidFile = value }),
        new('S', "log-facility", Argument.Required, (o, value) => SyslogFacility(value!) is { } facility ? o with { SyslogFacility = facility } : null),
        new('G', "no-syslog", Argument.None, (o, _) => o with { Syslog = false }),
        new('u', "umask", Argument.Required, (o, value) => FileModeMask.ReadNumber(value!) is { } mask ? o with { Umask = mask } : null),

        // What this asks for is so always: an address that is not to be here is removed, whoever has set it.
        new('X', "release-vips", Argument.None, (o, _) => o),
        new('V', "dont-release-vrrp", Argument.None, (o, _) => o with { KeepsAddresses = true }),
        new('I', "dont-release-ipvs", Argument.None, (o, _) => o with { KeepsTables = true }),
        new('R', "dont-respawn", Argument.None, (o, _) => o with { Respawns = false }),
        new('d', "dump-conf", Argument.None, (o, _) => o with { LogConfiguration = true }),
        new('a', "address-monitoring", Argument.None, (o, _) => o with { LogAddresses = true }),
        new('s', "namespace", Argument.Required, (o, value) => value!.Contains('/') ? null : o with { Namespace = value }),
        new('m', "core-dump", Argument.None, (o, _) => o with { DumpsCore = true }),
        new('e', "all-config", Argument.None, (o, _) => o with { AllFiles = true }),
        new('t', "config-test", Argument.Optional, (o, value) => o with { TestOnly = true, TestReportFile = value }),
    ];

    /// <summary>Options of keepalived's that ask for what is not here, and why.</summary>
    private static readonly (char Short, string Long, string Why)[] Refused =
    [
        ('x', "snmp", "there is no SNMP agent here; `pointsman status --json` has the figures"),
        ('A', "snmp-agent-socket", "there is no SNMP agent here; `pointsman status --json` has the figures"),
        ('M', "core-dump-pattern", "where core files go is the whole host's setting: `sysctl kernel.core_pattern=PATTERN`, and -m here"),
        ('g', "log-file", "lines go to syslog and, with -l, to standard output: redirect that"),
    ];

    internal const string Usage = """
        Usage: keepalived [OPTION...]
          -f, --use-file=FILE          read this configuration file (/etc/keepalived/keepalived.conf)
          -i, --config-id=ID           the name that lines beginning with @ ask for (the host's)
          -P, --vrrp                   only run VRRP
          -C, --check                  only run health checks and balancing
          -B, --no_bfd                 do not watch paths by BFD
              --all                    start all child processes, whatever the configuration has
          -n, --dont-fork              stay in the foreground
          -l, --log-console            log to the console as well
          -D, --log-detail             log in detail
          -S, --log-facility=FACILITY  0-7, local0-7, user or daemon (daemon)
          -G, --no-syslog              do not log to syslog
          -a, --address-monitoring     log each address that comes or goes on this host
          -d, --dump-conf              log the configuration in force
          -u, --umask=MASK             of the files it and its scripts make
          -X, --release-vips           remove addresses that are not to be here (always so)
          -V, --dont-release-vrrp      leave addresses, routes and rules when it stops
          -I, --dont-release-ipvs      leave the tables when it stops
          -R, --dont-respawn           stop when a child process dies
          -p, --pid=FILE               write the process id to this file (/run/keepalived.pid)
          -r, --vrrp_pid=FILE          and that of the VRRP process to this one
          -c, --checkers_pid=FILE      and that of the process that checks servers to this one
          -b, --bfd_pid=FILE           and that of the BFD process to this one
          -s, --namespace=NAME         run in this network namespace
          -m, --core-dump              leave a core file when it crashes
          -e, --all-config             a file of the configuration that is missing is an error
          -T, --genhash                be genhash; must be the first option
              --signum=SIGFUNC         print the number of the signal for STOP, RELOAD, DATA or STATS
          -t, --config-test[=FILE]     check the configuration and leave; messages to FILE or standard error
          -v, --version                print the version
          -h, --help                   print this

        This is Pointsman answering to the name keepalived; `pointsman --help` has more.
        """;

    /// <summary>The options, or the line that says what is wrong with them.</summary>
    internal static bool TryParse(string[] args, out RunOptions options, out string? error)
    {
        options = new RunOptions { ProgramName = "keepalived" };
        error = null;
        bool onlyVrrp = false, onlyCheckers = false;
        for (int i = 0; i < args.Length && error is null; i++)
        {
            string argument = args[i];
            if (argument.StartsWith("--", StringComparison.Ordinal))
            {
                options = Long(argument[2..], args, ref i, options, ref error);
            }
            else if (argument.Length > 1 && argument[0] == '-')
            {
                options = Bundle(argument[1..], args, ref i, options, ref error);
            }
            else
            {
                error = $"unexpected argument(s): {argument}";
            }

            onlyVrrp |= !options.Checkers;
            onlyCheckers |= !options.Vrrp;
        }

        // Each says that only it is to run; keepalived then runs neither, which nobody can have meant.
        if (onlyVrrp && onlyCheckers)
        {
            options = options with { Vrrp = true, Checkers = true };
        }

        return error is null;
    }

    private static RunOptions Long(string text, string[] args, ref int index, RunOptions options, ref string? error)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? text : text[..equals];
        string? value = equals < 0 ? null : text[(equals + 1)..];
        if (Array.Find(Known, o => o.Long == name) is not { } option)
        {
            error = Array.Find(Refused, refused => refused.Long == name).Why is { } why
                ? $"option '--{name}': {why}"
                : $"option '--{name}' is not known here; --help lists what is";
            return options;
        }

        if (option.Argument == Argument.None && value is not null)
        {
            error = $"option '--{name}' takes no argument";
        }
        else if (option.Argument == Argument.Required && value is null)
        {
            value = ++index < args.Length ? args[index] : null;
            error = value is null ? $"option '--{name}' requires an argument" : null;
        }

        return error is null ? Apply(option, options, $"--{name}", value, ref error) : options;
    }

    private static RunOptions Apply(Option option, RunOptions options, string typed, string? value, ref string? error)
    {
        RunOptions? applied = option.Apply(options, value);
        error = applied is null ? $"option '{typed}': '{value}' is no value for it; --help lists what is" : null;
        return applied ?? options;
    }

    // keepalived takes a number for LOG_LOCALn.
    private static int? SyslogFacility(string text) => text switch
    {
        "user" => 1,
        "daemon" => 3,
        _ when int.TryParse(text.StartsWith("local", StringComparison.Ordinal) ? text["local".Length..] : text, NumberStyles.None, CultureInfo.InvariantCulture, out int local)
            && local is >= 0 and <= 7 => 16 + local,
        _ => null,
    };

    private static RunOptions Bundle(string letters, string[] args, ref int index, RunOptions options, ref string? error)
    {
        for (int at = 0; at < letters.Length; at++)
        {
            if (Array.Find(Known, o => o.Short == letters[at]) is not { } option)
            {
                error = Array.Find(Refused, refused => refused.Short == letters[at]).Why is { } why
                    ? $"option '-{letters[at]}': {why}"
                    : $"option '-{letters[at]}' is not known here; --help lists what is";
                return options;
            }

            string? value = null;
            if (option.Argument != Argument.None)
            {
                // The rest of the word is the value; only a required one may stand in the next word.
                value = at + 1 < letters.Length ? letters[(at + 1)..] : null;
                if (value is null && option.Argument == Argument.Required)
                {
                    value = ++index < args.Length ? args[index] : null;
                    if (value is null)
                    {
                        error = $"option '-{letters[at]}' requires an argument";
                        return options;
                    }
                }

                return Apply(option, options, $"-{letters[at]}", value, ref error);
            }

            options = Apply(option, options, $"-{letters[at]}", value, ref error);
        }

        return options;
    }
}
