using Pointsman.App.Run;

namespace Pointsman.App.Names;

/// <summary>keepalived's own command line (getopt_long): short options bundle, values may be joined on.</summary>
internal static class KeepalivedCommandLine
{
    private sealed record Option(char Short, string Long, Argument Argument, Func<RunOptions, string?, RunOptions> Apply);

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
        new('t', "config-test", Argument.Optional, (o, value) => o with { TestOnly = true, TestReportFile = value }),
    ];

    internal const string Usage = """
        Usage: keepalived [OPTION...]
          -f, --use-file=FILE          read this configuration file (/etc/keepalived/keepalived.conf)
          -i, --config-id=ID           the name that lines beginning with @ ask for (the host's)
          -P, --vrrp                   only run VRRP
          -C, --check                  only run health checks and balancing
          -n, --dont-fork              stay in the foreground
          -l, --log-console            log to the console as well
          -D, --log-detail             log in detail
          -p, --pid=FILE               write the process id to this file
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

        // -P -C together mean both, as they do to keepalived.
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
            error = $"option '--{name}' is not known here; --help lists what is";
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

        return error is null ? option.Apply(options, value) : options;
    }

    private static RunOptions Bundle(string letters, string[] args, ref int index, RunOptions options, ref string? error)
    {
        for (int at = 0; at < letters.Length; at++)
        {
            if (Array.Find(Known, o => o.Short == letters[at]) is not { } option)
            {
                error = $"option '-{letters[at]}' is not known here; --help lists what is";
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

                return option.Apply(options, value);
            }

            options = option.Apply(options, value);
        }

        return options;
    }
}
