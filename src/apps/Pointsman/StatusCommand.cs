using System.CommandLine;
using System.Text.Json;
using Pointsman.App.Run;
using Pointsman.Control;
using Pointsman.Control.Status;

namespace Pointsman.App;

/// <summary><c>pointsman status</c>: what the daemon knows, for people or as JSON.</summary>
internal static class StatusCommand
{
    internal static Command Create()
    {
        var server = new Argument<string?>("RS[:PORT]")
        {
            Description = "Only this real server: the last results of its checks, with times and the exact failure.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> json = CommonOptions.Json();
        Option<string> runDirectory = CommonOptions.RunDirectory();
        var command = new Command("status", "Show instances, virtual servers and real servers: state, figures, and why.")
        {
            server, json, runDirectory,
        };
        command.SetAction(parsed =>
        {
            var paths = new RunPaths(parsed.GetValue(runDirectory)!, RunPaths.Default.PinDirectory);
            return parsed.GetValue(server) is { } name ? RunServer(paths, name, parsed.GetValue(json)) : Run(paths, parsed.GetValue(json));
        });
        return command;
    }

    private static int RunServer(RunPaths paths, string server, bool asJson)
    {
        if (!ControlClient.TryRequest(
            paths.ControlSocket, new ControlRequest("server-status", server), ControlJson.Default.ServerReports, out ServerReports? reports, out ControlFailure? failure))
        {
            Console.Error.WriteLine($"pointsman: {failure.Message}");
            return ExitCode.Failure;
        }

        if (asJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(reports, ControlJson.Default.ServerReports));
        }
        else
        {
            ServerReportText.Write(reports, Console.Out, colour: !Console.IsOutputRedirected);
        }

        return ExitCode.Ok;
    }

    private static int Run(RunPaths paths, bool asJson)
    {
        if (!ControlClient.TryRequest(
            paths.ControlSocket, new ControlRequest("status"), ControlJson.Default.NodeStatus, out NodeStatus? node, out ControlFailure? failure))
        {
            Console.Error.WriteLine($"pointsman: {failure.Message}");
            return ExitCode.Failure;
        }

        if (asJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(node, ControlJson.Default.NodeStatus));
        }
        else
        {
            StatusText.Write(node, Console.Out, colour: !Console.IsOutputRedirected);
        }

        return ExitCode.Ok;
    }
}
