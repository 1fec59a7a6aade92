using System.Text;
using Pointsman.Config;
using Pointsman.Linux.Processes;

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

        // Links are followed: what stands behind them is what would be read.
        return FileOwnership.TryRead(path) is not { } file ? ConfigFileKind.Missing
            : !file.IsRegularFile ? ConfigFileKind.Special
            : (file.Mode & AnyExecute) != 0 ? ConfigFileKind.Executable
            : ConfigFileKind.File;
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

    // A byte order mark stays in the text: keepalived stumbles over it, and the reader says so.
    public bool TryRead(string path, out string text, out string error)
    {
        bool isRead = TryReadBytes(path, out ReadOnlySpan<byte> bytes, out error);
        text = Encoding.UTF8.GetString(bytes);
        return isRead;
    }

    internal static bool TryReadBytes(string path, out ReadOnlySpan<byte> bytes, out string error)
    {
        bytes = [];
        error = "";
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.CanSeek && file.Length > LargestBytes)
            {
                error = $"it is larger than {LargestBytes >> 20} MiB: is it the right file?";
                return false;
            }

            // One byte more shows that a file without a length of its own (a device, /proc) goes on and on.
            var buffer = new byte[LargestBytes + 1];
            int lengthBytes = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (lengthBytes > LargestBytes)
            {
                error = $"it has more than {LargestBytes >> 20} MiB: is it the right file?";
                return false;
            }

            bytes = buffer.AsSpan(0, lengthBytes);
            return true;
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            error = cannot.Message;
            return false;
        }
    }
}
