using Pointsman.Linux.Processes;

namespace Pointsman.App.Format;

/// <summary>Changes a file so that whoever reads it finds all of the old or all of the new.</summary>
internal static class WholeFile
{
    /// <summary>Owner, group and mode stay; a link stays, and what it leads to is changed.</summary>
    internal static void Replace(string path, byte[] bytes)
    {
        string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        if (FileOwnership.TryRead(target) is not { IsRegularFile: true } owner)
        {
            throw new IOException("it is no regular file");
        }

        string fresh = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Environment.ProcessId}");
        try
        {
            using (var file = new FileStream(fresh, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            owner.GiveTo(fresh);
            File.Move(fresh, target, overwrite: true);
        }
        catch
        {
            File.Delete(fresh);
            throw;
        }
    }
}
