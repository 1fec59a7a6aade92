using Pointsman.Config;

namespace Pointsman.App.Run;

/// <summary>Reads the site's file from disk and words what is wrong with it.</summary>
internal static class ConfigFile
{
    /// <summary>Null with a line that says why, when the file itself cannot be read.</summary>
    internal static ConfigResult? Read(string path, out string? error)
    {
        if (new DiskSource().TryRead(path, out string text, out string reason))
        {
            error = null;
            return ConfigReader.Read(path, text);
        }

        error = $"cannot read the configuration {path}: {reason} (name another one with -f FILE)";
        return null;
    }

    internal static void Report(ConfigResult result, TextWriter target, bool colour)
    {
        if (!result.Diagnostics.IsEmpty)
        {
            target.WriteLine(DiagnosticRenderer.Human(result, colour));
        }
    }
}
