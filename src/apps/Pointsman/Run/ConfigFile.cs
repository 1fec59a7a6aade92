using Pointsman.Config;

namespace Pointsman.App.Run;

/// <summary>Reads the site's file from disk and words what is wrong with it.</summary>
internal static class ConfigFile
{
    /// <summary>Null with a line that says why, when the file itself cannot be read.</summary>
    internal static ConfigResult? Read(RunOptions options, out string? error)
    {
        // Read once: a pipe has nothing to say the second time.
        ConfigResult result = ConfigReader.Read(new DiskSource(), options.ConfigFile, ReaderOptions(options.ConfigId) with { AllFiles = options.AllFiles });
        Diagnostic? unread = result.Diagnostics.FirstOrDefault(one => one.Descriptor == DiagnosticCatalogue.CannotRead);
        error = unread is null ? null : $"the configuration: {unread.Message} (name another one with -f FILE)";
        return unread is null ? result : null;
    }

    /// <summary>Without a name of its own a node goes by its host's, up to the first dot, as with keepalived.</summary>
    internal static ConfigReaderOptions ReaderOptions(string? configId) => new()
    {
        ConfigId = configId ?? Environment.MachineName.Split('.')[0],
        CurrentFolder = Environment.CurrentDirectory,
        Variable = Environment.GetEnvironmentVariable,
    };

    internal static void Report(ConfigResult result, TextWriter target, bool colour)
    {
        if (!result.Diagnostics.IsEmpty)
        {
            target.WriteLine(DiagnosticRenderer.Human(result, colour));
        }
    }
}
