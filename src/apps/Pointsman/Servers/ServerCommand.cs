using System.CommandLine;
using System.Globalization;
using Pointsman.App.Run;
using Pointsman.Control;

namespace Pointsman.App.Servers;

/// <summary><c>pointsman server</c>: takes real servers out and in by hand, beside what the file says.</summary>
internal static class ServerCommand
{
    internal static Command Create() => new("server", "Take a real server out of service by hand, or give it another weight; the file stays as it is.")
    {
        Drain(),
        Order("disable", "Take it out of the table at once, with its connections."),
        Order("enable", "Take back what was ordered: the file and the checks decide again."),
        Weight(),
    };

    private static Command Weight()
    {
        var number = new Argument<ushort>("N") { Description = "0 to 65535, instead of the file's and of what a check asks for." };
        return Order("weight", "Give it another weight.", number);
    }

    private static Command Drain()
    {
        var patience = new Option<uint?>("--for")
        {
            Description = "Disable it after so long, with what connections it still has then.", HelpName = "SECONDS",
        };
        patience.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<uint?>() is { } seconds && (seconds == 0 || seconds > ServerOrderPart.LongestDrain.TotalSeconds))
            {
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"--for takes 1 to {ServerOrderPart.LongestDrain.TotalSeconds} seconds"));
            }
        });
        Command command = Order(
            "drain", "Send it no new connections; those it has go on. It counts nothing towards the quorum.",
            parsed => parsed.GetValue(patience) is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"drain for {seconds}") : "drain");
        command.Add(patience);
        return command;
    }

    private static Command Order(string name, string description, Argument<ushort>? number = null) => Order(
        name, description,
        parsed => number is null ? name : string.Create(CultureInfo.InvariantCulture, $"{name} {parsed.GetValue(number)}"), number);

    private static Command Order(string name, string description, Func<ParseResult, string> wordsOf, Argument<ushort>? number = null)
    {
        var service = new Argument<string>("VIP[:PORT]") { Description = "The virtual server; without a port all of the address." };
        var server = new Argument<string>("RS[:PORT]") { Description = "The real server; without a port all of the address." };
        Option<bool> json = CommonOptions.Json();
        Option<string> runDirectory = CommonOptions.RunDirectory();
        var command = new Command(name, description + " Holds over reloads and restarts of the daemon, until `pointsman server enable` or a restart of the machine.")
        {
            service, server,
        };
        if (number is not null)
        {
            command.Add(number);
        }

        command.Add(json);
        command.Add(runDirectory);
        command.SetAction(parsed =>
        {
            var paths = new RunPaths(parsed.GetValue(runDirectory)!, RunPaths.Default.PinDirectory);
            var request = new ControlRequest("server-order", wordsOf(parsed), parsed.GetValue(service)!, parsed.GetValue(server)!);
            if (!ControlClient.TryRequest(
                paths.ControlSocket, request, ControlJson.Default.ServerOrderAccepted, out ServerOrderAccepted? accepted, out ControlFailure? failure))
            {
                parsed.InvocationConfiguration.Error.WriteLine($"pointsman: {failure.Message}");
                return ExitCode.Failure;
            }

            if (accepted.Warning is { } warning)
            {
                parsed.InvocationConfiguration.Error.WriteLine($"pointsman: {warning}");
            }

            Write(accepted, parsed.GetValue(json), parsed.InvocationConfiguration.Output);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Write(ServerOrderAccepted accepted, bool asJson, TextWriter output)
    {
        if (asJson)
        {
            output.WriteLine(System.Text.Json.JsonSerializer.Serialize(accepted, ControlJson.Default.ServerOrderAccepted));
            return;
        }

        foreach (OrderedServer server in accepted.Servers)
        {
            output.WriteLine($"{server.Server}: {server.Outcome}, weight {server.Weight.ToString(CultureInfo.InvariantCulture)}");
        }
    }
}
