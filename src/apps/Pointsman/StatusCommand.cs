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
        Option<bool> json = CommonOptions.Json();
        Option<string> runDirectory = CommonOptions.RunDirectory();
        var command = new Command("status", "Show instances, virtual servers and real servers: state, figures, and why.")
        {
            json, runDirectory,
        };
        command.SetAction(parsed => Run(
            new RunPaths(parsed.GetValue(runDirectory)!, RunPaths.Default.PinDirectory), parsed.GetValue(json)));
        return command;
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
