using Pointsman.Config;

namespace Pointsman.App.Run;

/// <summary>Reads the site's file from disk and words what is wrong with it.</summary>
internal static class ConfigFile
{
    /// <summary>A configuration larger than this is a mistake (a log, a core dump), not a site.</summary>
    private const long LargestBytes = 16 * 1024 * 1024;

    /// <summary>Null with a line that says why, when the file itself cannot be read.</summary>
    internal static ConfigResult? Read(string path, out string? error)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > LargestBytes)
            {
                error = $"{path} is larger than {LargestBytes >> 20} MiB: is it the right file?";
                return null;
            }

            error = null;
            return ConfigReader.Read(path, File.ReadAllText(path));
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            error = $"cannot read the configuration {path}: {cannot.Message} (name another one with -f FILE)";
            return null;
        }
    }

    internal static void Report(ConfigResult result, TextWriter target, bool colour)
    {
        if (!result.Diagnostics.IsEmpty)
        {
            target.WriteLine(DiagnosticRenderer.Human(result, colour));
        }
    }
}
