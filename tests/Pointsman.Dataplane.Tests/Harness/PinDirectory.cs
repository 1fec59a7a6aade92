using System.Globalization;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// A bpf file system of its own in a temporary directory; gone afterwards, with all that was pinned in it.
/// </summary>
internal sealed class PinDirectory : IDisposable
{
    private const string Prefix = "pointsman-dataplane-";
    private readonly string _mount;

    static PinDirectory() => RemoveWhatKilledRunsLeft();

    internal PinDirectory()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "loading BPF programs needs root");
        _mount = Directory.CreateTempSubdirectory($"{Prefix}{Environment.ProcessId}-").FullName;
        BpfFileSystem.Mount(_mount);
        Path = System.IO.Path.Combine(_mount, "pointsman");
    }

    internal string Path { get; }

    public void Dispose() => Remove(_mount);

    private static void RemoveWhatKilledRunsLeft()
    {
        foreach (string directory in Directory.GetDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
        {
            string[] parts = System.IO.Path.GetFileName(directory)[Prefix.Length..].Split('-');
            if (int.TryParse(parts[0], CultureInfo.InvariantCulture, out int owner) && !Directory.Exists($"/proc/{owner}")
                && Environment.IsPrivilegedProcess)
            {
                Remove(directory);
            }
        }
    }

    private static void Remove(string directory)
    {
        if (BpfFileSystem.Holds(directory))
        {
            BpfFileSystem.Unmount(directory);
        }

        Directory.Delete(directory);
    }
}
