using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using Pointsman.Base;
using Pointsman.Control;
using Pointsman.RealServer;

namespace Pointsman.App.RealServer;

/// <summary><c>pointsman realserver up|down|status</c>: the virtual IP on <c>lo</c> and silence about it, or back.</summary>
internal static class RealServerCommand
{
    private const int ExitOk = 0;
    private const int ExitFailure = 1;
    private const int ExitPermission = 4;

    public static Command Create() => new(
        "realserver", "Make this machine a real server of a direct-routing service, take it back, or see what is missing.")
    {
        Verb(
            "up",
            "Put the virtual IPs on lo and keep silent about them on ARP. Twice is once; others set up before are dropped.",
            "A virtual IP this machine serves; may be given several times.",
            isRequired: true,
            (setup, virtualIps) => setup.Up(virtualIps)),
        Verb(
            "down",
            "Bring back what was there before 'up'.",
            "Only this virtual IP; without the option all of them.",
            isRequired: false,
            (setup, virtualIps) => setup.Down(virtualIps)),
        Verb(
            "status",
            "Name each thing that keeps clients of the virtual IPs from being served here; exit code 1 if there is one.",
            "Look for this virtual IP; without the option for those set up by 'up'.",
            isRequired: false,
            (setup, virtualIps) => setup.Status(virtualIps)),
    };

    private static Command Verb(
        string name,
        string description,
        string vipDescription,
        bool isRequired,
        Func<RealServerSetup, ImmutableArray<IpAddress>, RealServerReport> act)
    {
        var vips = new Option<ImmutableArray<IpAddress>>("--vip")
        {
            Description = vipDescription,
            HelpName = "ADDRESS",
            Required = isRequired,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
            CustomParser = ParseVips,
            DefaultValueFactory = isRequired ? null : _ => [],
        };
        var runDirectory = new Option<string>("--run-dir")
        {
            Description = "Where it is remembered what was there before.",
            HelpName = "DIR",
            DefaultValueFactory = _ => ControlPath.RunDirectory,
        };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command(name, description) { vips, runDirectory, json };
        command.SetAction(parsed => Run(
            () => act(new RealServerSetup(parsed.GetValue(runDirectory)!), parsed.GetValue(vips)),
            parsed.GetValue(json),
            parsed.InvocationConfiguration));
        return command;
    }

    private static ImmutableArray<IpAddress> ParseVips(ArgumentResult argument)
    {
        ImmutableArray<IpAddress>.Builder addresses = ImmutableArray.CreateBuilder<IpAddress>();
        foreach (Token token in argument.Tokens)
        {
            if (!VirtualIp.TryParse(token.Value, out IpAddress address, out string? complaint))
            {
                argument.AddError("--vip: " + complaint);
            }
            else if (!addresses.Contains(address))
            {
                addresses.Add(address);
            }
        }

        return addresses.ToImmutable();
    }

    private static int Run(Func<RealServerReport> act, bool asJson, InvocationConfiguration streams)
    {
        try
        {
            RealServerReport report = act();
            if (asJson)
            {
                streams.Output.WriteLine(RealServerText.ToJson(report));
            }
            else
            {
                RealServerText.Write(report, streams.Output);
            }

            return report.IsWhole ? ExitOk : ExitFailure;
        }
        catch (RealServerException refused)
        {
            streams.Error.WriteLine($"pointsman: {refused.Message}");
            return refused.LacksRights ? ExitPermission : ExitFailure;
        }
    }
}
