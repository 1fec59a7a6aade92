using System.Collections.Immutable;
using System.CommandLine;
using Pointsman.App.Run;
using Pointsman.Config;
using Pointsman.Config.Effective;

namespace Pointsman.App.Config;

/// <summary><c>pointsman config</c>: every setting with the value that counts, typed or not.</summary>
internal static class ConfigCommand
{
    internal static Command Create()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "The configuration file.",
            DefaultValueFactory = _ => RunOptions.DefaultConfigFile,
        };
        Option<string?> configId = CommonOptions.ConfigId();
        Option<bool> json = CommonOptions.Json();
        var command = new Command(
            "config",
            "Print the configuration in force: every setting with its value, defaults included, as a file that means the same.")
        {
            file, configId, json,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(file)!;
            ConfigResult result = ConfigReader.Read(new DiskSource(), path, ConfigFile.ReaderOptions(parsed.GetValue(configId)));
            if (result.Configuration is not { } configuration)
            {
                parsed.InvocationConfiguration.Error.Write(DiagnosticRenderer.Human(result, !Console.IsErrorRedirected));
                parsed.InvocationConfiguration.Error.WriteLine($"\n{path}: there are errors, so nothing of it is in force");
                return ExitCode.Configuration;
            }

            ImmutableArray<EffectiveBlock> blocks = EffectiveModel.Of(configuration, result.Places);
            parsed.InvocationConfiguration.Output.Write(
                parsed.GetValue(json) ? $"{EffectiveJson.Of(blocks)}\n" : EffectiveText.Of(blocks, path));
            return ExitCode.Ok;
        });
        return command;
    }
}
