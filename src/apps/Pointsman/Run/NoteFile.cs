namespace Pointsman.App.Run;

/// <summary>A file of lines in the run directory, from one daemon to the next. That directory may be full, or for reading alone.</summary>
internal static class NoteFile
{
    /// <returns>None where there is none, or it cannot be read.</returns>
    internal static string[] Read(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <returns>Why it could not be written: what it said before stands. Null: it was.</returns>
    internal static string? TryWrite(string path, IEnumerable<string> lines)
    {
        try
        {
            string draft = path + ".new";
            File.WriteAllLines(draft, lines);
            File.Move(draft, path, overwrite: true);
            return null;
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be written, a restart of the daemon will not know of it: {cannot.Message}";
        }
    }
}
