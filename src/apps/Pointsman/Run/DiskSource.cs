using System.Text;
using Pointsman.Config;

namespace Pointsman.App.Run;

/// <summary>Gives the reader of keepalived.conf its text from disk.</summary>
internal sealed class DiskSource : IConfigSource
{
    /// <summary>A configuration larger than this is a mistake (a log, a core dump), not a site.</summary>
    private const long LargestBytes = 16 * 1024 * 1024;

    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public ConfigFileKind KindOf(string path)
    {
        if (Directory.Exists(path))
        {
            return ConfigFileKind.Folder;
        }

        if (!File.Exists(path))
        {
            return ConfigFileKind.Missing;
        }

        try
        {
            // Following links: what stands behind them is what would be read.
            string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            return (File.GetUnixFileMode(target) & AnyExecute) != 0
                ? ConfigFileKind.Executable
                : ConfigFileKind.File;
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            return ConfigFileKind.Missing;
        }
    }

    public IReadOnlyList<string> NamesIn(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path))];
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public bool TryRead(string path, out string text, out string error)
    {
        (text, error) = ("", "");
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > LargestBytes)
            {
                error = $"it is larger than {LargestBytes >> 20} MiB: is it the right file?";
                return false;
            }

            // One byte more shows that a file without a length of its own (a device, /proc) goes on and on.
            var bytes = new byte[LargestBytes + 1];
            int lengthBytes = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (lengthBytes > LargestBytes)
            {
                error = $"it has more than {LargestBytes >> 20} MiB: is it the right file?";
                return false;
            }

            // A byte order mark stays in the text: keepalived stumbles over it, and the reader says so.
            text = Encoding.UTF8.GetString(bytes, 0, lengthBytes);
            return true;
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            error = cannot.Message;
            return false;
        }
    }
}
