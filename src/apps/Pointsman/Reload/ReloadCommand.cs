using System.CommandLine;
using System.Text.Json;
using Pointsman.App.Run;
using Pointsman.Control;
using Pointsman.Control.Reload;

namespace Pointsman.App.Reload;

/// <summary><c>pointsman reload</c>: what SIGHUP does, with an answer.</summary>
internal static class ReloadCommand
{
    /// <summary>A large file, and a VRRP process that has to be replaced on a busy machine.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal static Command Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only tell what would change." };
        Option<bool> json = CommonOptions.Json();
        Option<string> runDirectory = CommonOptions.RunDirectory();
        var command = new Command(
            "reload", "Have the daemon read its file again: applied whole, or refused whole with the reasons. Tells what has changed.")
        {
            dryRun, json, runDirectory,
        };
        command.SetAction(parsed =>
        {
            var paths = new RunPaths(parsed.GetValue(runDirectory)!, RunPaths.Default.PinDirectory);
            bool isDry = parsed.GetValue(dryRun);
            ControlRequest request = isDry ? new ControlRequest("diff") : new ControlRequest("reload");
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            if (!ControlClient.TryRequest(
                paths.ControlSocket, request, ControlJson.Default.ReloadReport, out ReloadReport? report, out ControlFailure? failure, Patience))
            {
                error.WriteLine($"pointsman: {failure.Message}");
                return ExitCode.Failure;
            }

            if (parsed.GetValue(json))
            {
                output.WriteLine(JsonSerializer.Serialize(report, ControlJson.Default.ReloadReport));
            }
            else
            {
                Write(report, output, error);
            }

            return report.Outcome == ReloadOutcome.Refused ? ExitCode.Configuration : ExitCode.Ok;
        });
        return command;
    }

    private static void Write(ReloadReport report, TextWriter output, TextWriter error)
    {
        error.Write(report.Complaints.Length == 0 ? "" : $"{report.Complaints}\n");
        if (report.Outcome == ReloadOutcome.Refused)
        {
            error.WriteLine($"pointsman: reload refused, the running configuration stays: {report.Why}");
            return;
        }

        if (report.WarningCount > 0)
        {
            error.WriteLine($"pointsman: {report.File} has warnings ({report.WarningCount}); `pointsman check {report.File}` shows them");
        }

        ChangeText.Write(report.Changes, output);
        ChangeText.WriteOrders(report.Orders, output);
        string count = ChangeText.Count(report.Changes.Length);
        output.WriteLine(report.Outcome == ReloadOutcome.Compared
            ? $"{report.File}: {count}, nothing was applied (--dry-run)"
            : FormattableString.Invariant($"{report.File}: {count}, applied in {report.DurationMs:0} ms"));
    }
}
