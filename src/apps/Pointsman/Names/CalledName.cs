namespace Pointsman.App.Names;

/// <summary>The name this process was started under.</summary>
internal static class CalledName
{
    /// <summary>Without its directory. The runtime does not tell: it puts the file's own path where the name was.</summary>
    internal static string Read()
    {
        string commandLine = File.ReadAllText("/proc/self/cmdline");
        int end = commandLine.IndexOf('\0', StringComparison.Ordinal);
        return Path.GetFileName(end < 0 ? commandLine : commandLine[..end]);
    }
}
