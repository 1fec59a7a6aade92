using System.CommandLine;
using Pointsman.App.Run;
using Pointsman.Config;
using Pointsman.Config.Judgement;

namespace Pointsman.App.Check;

/// <summary><c>pointsman check</c>: everything there is to say about configuration files, without running them.</summary>
internal static class CheckCommand
{
    /// <summary>Stands for a file's name, where the files are held against each other.</summary>
    private const string BetweenNodes = "between the nodes";

    /// <summary>Exit code for warnings, when they are asked to count.</summary>
    private const int Warned = 1;

    internal static Command Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "The configuration files. Several are the nodes of one cluster, and are held against each other.",
            DefaultValueFactory = _ => [RunOptions.DefaultConfigFile],
        };
        Option<string?> configId = CommonOptions.ConfigId();
        var json = CommonOptions.Json();
        var oneLine = new Option<bool>("--one-line") { Description = "Print one line for each remark: FILE:LINE:COLUMN: ..." };
        var strict = new Option<bool>("--strict") { Description = "Leave with 1 when there are warnings." };
        var here = new Option<bool>("--here")
        {
            Description = "Also look whether this host has what the first FILE names: interfaces, and scripts that can run. "
                + $"Always done for {RunOptions.DefaultConfigFile}.",
        };
        var command = new Command(
            "check",
            "Read configuration files and tell all mistakes, with place and remedy. Leaves with 0 if they can be used, with 2 if not.")
        {
            files, configId, json, oneLine, strict, here,
        };
        command.SetAction(parsed =>
        {
            ConfigReaderOptions options = ConfigFile.ReaderOptions(parsed.GetValue(configId));
            List<(string File, ConfigResult Result)> results =
            [
                .. parsed.GetValue(files)!.Select((file, index) => (file, Read(file, options, isHere: index == 0 && parsed.GetValue(here)))),
            ];
            if (results.Count(result => result.Result.Configuration is not null) > 1)
            {
                results.Add((BetweenNodes, Judge.Cluster([.. results.Select(result => result.Result)])));
            }

            Write(
                results,
                parsed.InvocationConfiguration.Output,
                asJson: parsed.GetValue(json),
                asLines: parsed.GetValue(oneLine),
                colour: !Console.IsOutputRedirected);
            return Code([.. results.Select(result => result.Item2)], parsed.GetValue(strict));
        });
        return command;
    }

    private static ConfigResult Read(string file, ConfigReaderOptions options, bool isHere)
    {
        ConfigResult result = Judge.Node(ConfigReader.Read(new DiskSource(), file, options));
        return isHere || Path.GetFullPath(file) == RunOptions.DefaultConfigFile ? Judge.Host(result, new ThisHost()) : result;
    }

    private static void Write(
        List<(string File, ConfigResult Result)> results, TextWriter target, bool asJson, bool asLines, bool colour)
    {
        if (asJson)
        {
            target.WriteLine(DiagnosticRenderer.Json([.. results.Select(result => result.Result)]));
            return;
        }

        foreach ((string file, ConfigResult result) in results)
        {
            if (asLines)
            {
                target.Write(DiagnosticRenderer.OneLine(result));
                continue;
            }

            string complaints = DiagnosticRenderer.Human(result, colour);
            target.Write(complaints.Length == 0 ? "" : $"{complaints}\n");
            target.WriteLine(Summary(file, DiagnosticRenderer.Report(result)));
        }
    }

    private static string Summary(string file, DiagnosticReport report) => report switch
    {
        { Diagnostics.IsEmpty: true } => $"{file}: nothing to complain of",
        _ when file == BetweenNodes => $"{file}: {Counts(report)}",
        { Errors: 0 } => $"{file}: {Counts(report)}; the file can be used",
        _ => $"{file}: {Counts(report)}; the file cannot be used",
    };

    private static string Counts(DiagnosticReport report) => string.Join(", ", new[]
    {
        (report.Errors, "error"), (report.Warnings, "warning"), (report.Notes, "note"),
    }.Where(count => count.Item1 > 0).Select(count => Count(count.Item1, count.Item2)));

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    private static int Code(ConfigResult[] results, bool isStrict) =>
        DiagnosticRenderer.Report(results).Errors > 0 ? ExitCode.Configuration
        : isStrict && DiagnosticRenderer.Report(results).Warnings > 0 ? Warned
        : ExitCode.Ok;
}
