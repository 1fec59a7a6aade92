using System.CommandLine;
using System.Text.Json;
using Pointsman.App.Run;
using Pointsman.Config;
using Pointsman.Config.Comparison;
using Pointsman.Control;
using Pointsman.Control.Reload;

namespace Pointsman.App.Reload;

/// <summary><c>pointsman diff</c>: what a file would change of what runs, or of another file.</summary>
internal static class DiffCommand
{
    /// <summary>The exit codes are those of diff(1).</summary>
    private const int Same = 0, Different = 1, Trouble = 2;

    internal static Command Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "One: held against the running configuration. Two: the second held against the first, without a daemon. "
                + "None: the file of the daemon.",
            Arity = new ArgumentArity(0, 2),
        };
        Option<string?> configId = CommonOptions.ConfigId();
        Option<bool> json = CommonOptions.Json();
        Option<string> runDirectory = CommonOptions.RunDirectory();
        var command = new Command(
            "diff",
            "Tell what a file would change, setting by setting, and what each change means. "
                + "Leaves with 0 for nothing, 1 for something, 2 if it cannot be told.")
        {
            files, configId, json, runDirectory,
        };
        command.SetAction(parsed =>
        {
            TextWriter error = parsed.InvocationConfiguration.Error;
            ReloadReport? report = parsed.GetValue(files) is [var before, var after]
                ? Between(before, after, ConfigFile.ReaderOptions(parsed.GetValue(configId)), error)
                : FromDaemon(
                    new RunPaths(parsed.GetValue(runDirectory)!, RunPaths.Default.PinDirectory), parsed.GetValue(files)!, error);
            return report is null ? Trouble : Write(report, parsed.GetValue(json), parsed.InvocationConfiguration.Output, error);
        });
        return command;
    }

    private static int Write(ReloadReport report, bool asJson, TextWriter output, TextWriter error)
    {
        if (asJson)
        {
            output.WriteLine(JsonSerializer.Serialize(report, ControlJson.Default.ReloadReport));
        }
        else if (report.Outcome == ReloadOutcome.Refused)
        {
            error.Write(report.Complaints.Length == 0 ? "" : $"{report.Complaints}\n");
            error.WriteLine($"pointsman: {report.Why}");
        }
        else
        {
            ChangeText.Write(report.Changes, output);
            ChangeText.WriteOrders(report.Orders, output);
        }

        return report.Outcome == ReloadOutcome.Refused ? Trouble : report.Changes.IsEmpty ? Same : Different;
    }

    private static ReloadReport? FromDaemon(RunPaths paths, string[] files, TextWriter error)
    {
        // The daemon stands in another folder.
        ControlRequest request = files is [var file] ? new ControlRequest("diff", Path.GetFullPath(file)) : new ControlRequest("diff");
        if (ControlClient.TryRequest(
            paths.ControlSocket,
            request,
            ControlJson.Default.ReloadReport,
            out ReloadReport? report,
            out ControlFailure? failure,
            ReloadCommand.Patience))
        {
            return report;
        }

        error.WriteLine($"pointsman: {failure.Message}");
        return null;
    }

    private static ReloadReport? Between(string before, string after, ConfigReaderOptions options, TextWriter error)
    {
        ConfigResult first = ConfigReader.Read(new DiskSource(), before, options);
        ConfigResult second = ConfigReader.Read(new DiskSource(), after, options);
        if (first.Configuration is { } old && second.Configuration is { } now)
        {
            return new ReloadReport
            {
                File = after,
                Outcome = ReloadOutcome.Compared,
                Changes = ChangeReports.Of(ConfigurationDifference.Between(old, now)),
            };
        }

        foreach ((string file, ConfigResult result) in new[] { (before, first), (after, second) })
        {
            if (result.Configuration is null)
            {
                error.Write($"{DiagnosticRenderer.Human(result, colour: false)}\n");
                error.WriteLine($"pointsman: {file} has errors");
            }
        }

        return null;
    }
}
