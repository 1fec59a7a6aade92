namespace Pointsman.Probes;

/// <summary>Finds the program of a script before it is run, so that its absence has a name.</summary>
public static class ScriptFile
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The file that <c>&lt;/path</c> in place of a program asks about: whether it can be opened. Null: it is a program.</summary>
    public static string? OnlyOpened(string program) => program.StartsWith('<') ? program[1..] : null;

    /// <returns>Null when it can be run; otherwise why not.</returns>
    public static string? WhyNotRunnable(string program)
    {
        if (OnlyOpened(program) is not null)
        {
            return null;
        }

        string? path = Find(program);
        return path is null ? $"'{program}' is not in PATH"
            : Directory.Exists(path) ? $"'{path}' is a directory"
            : !File.Exists(path) ? $"'{path}' does not exist"
            : WhyNotExecutable(path);
    }

    /// <summary>The program as it was named, or as PATH finds it; null when PATH does not.</summary>
    public static string? Find(string program) => program.Contains('/', StringComparison.Ordinal) ? program : Search(program);

    private static string? WhyNotExecutable(string path)
    {
        try
        {
            return (File.GetUnixFileMode(path) & AnyExecute) == 0 ? $"'{path}' is not executable; chmod +x it" : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return $"'{path}' cannot be looked at: {gone.Message}";      // it is being replaced
        }
    }

    private static string? Search(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.Combine(directory, program))
        .FirstOrDefault(File.Exists);
}
