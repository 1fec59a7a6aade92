using System.CommandLine;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Vrrp.Watch;

namespace Pointsman.App.Mastership;

/// <summary><c>pointsman vrrp watch</c>: who says what on the wire.</summary>
internal static class WatchCommand
{
    private const string ClearScreen = "\e[H\e[2J";

    /// <summary>Where nobody looks on: three adverts of the usual interval, and a little.</summary>
    private static readonly TimeSpan UnwatchedSpan = TimeSpan.FromSeconds(4);

    internal static Command Create()
    {
        var interfaces = new Argument<string[]>("INTERFACE")
        {
            Description = "Listen here; without one, on all that are up.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var span = new Option<double?>("--for")
        {
            Description = "Stop after so many seconds. Without it a terminal shows the table until interrupted; else 4.",
            HelpName = "SECONDS",
        };
        span.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<double?>() is not (> 0 and <= 86_400))
            {
                given.AddError("--for takes seconds, more than 0 and at most 86400");
            }
        });
        Option<bool> json = CommonOptions.Json();
        var command = new Command(
            "watch", "Show live who speaks VRRP on the wire: virtual router, priority, interval, addresses, and two masters.")
        {
            interfaces, span, json,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(interfaces)!, parsed.GetValue(span) is { } seconds ? TimeSpan.FromSeconds(seconds) : null, parsed.GetValue(json)));
        return command;
    }

    private static int Run(string[] names, TimeSpan? span, bool asJson)
    {
        try
        {
            using var routes = new RouteClient();
            List<NetworkLink> links = routes.Links();
            if (names.FirstOrDefault(name => !links.Exists(link => link.Name == name)) is { } unknown)
            {
                Console.Error.WriteLine(
                    $"pointsman: there is no interface {unknown} here; there are {string.Join(", ", links.Select(link => link.Name))}");
                return ExitCode.Failure;
            }

            using var run = new WatchRun();
            run.Open([.. links.Where(link => names.Length == 0 ? link is { IsUp: true, IsLoopback: false } : names.Contains(link.Name))]);
            Show(run, span, asJson);
            return ExitCode.Ok;
        }
        catch (ErrnoException refused) when (refused.Errno is Errno.NotPermitted or Errno.AccessDenied)
        {
            Console.Error.WriteLine("pointsman: listening to all that is on the wire needs root; try `sudo`");
            return ExitCode.Permission;
        }
        catch (ErrnoException refused)
        {
            Console.Error.WriteLine($"pointsman: {refused.Message}");
            return ExitCode.Failure;
        }
    }

    private static void Show(WatchRun run, TimeSpan? span, bool asJson)
    {
        bool isLive = !asJson && !Console.IsOutputRedirected;
        AdvertTable heard = run.Listen(isLive ? span : span ?? UnwatchedSpan, isLive ? Redraw : null);
        if (asJson)
        {
            Console.Out.WriteLine(WatchTable.WriteJson(heard, Linux.Timing.MonotonicClock.Now));
        }
        else if (!isLive)
        {
            WatchTable.Write(heard, Linux.Timing.MonotonicClock.Now, Console.Out, colour: false);
        }
    }

    private static void Redraw(AdvertTable table, Base.Instant now)
    {
        var screen = new StringWriter();
        WatchTable.Write(table, now, screen, colour: true);
        Console.Out.Write(ClearScreen + screen);
    }
}
