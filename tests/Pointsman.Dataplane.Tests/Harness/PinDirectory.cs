using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>A bpf file system of its own in a temporary directory; gone afterwards, with all that was pinned in it.</summary>
internal sealed class PinDirectory : IDisposable
{
    private readonly string _mount = Directory.CreateTempSubdirectory("pointsman-dataplane-").FullName;

    internal PinDirectory()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "loading BPF programs needs root");
        BpfFileSystem.Mount(_mount);
        Path = System.IO.Path.Combine(_mount, "pointsman");
    }

    internal string Path { get; }

    public void Dispose()
    {
        BpfFileSystem.Unmount(_mount);
        Directory.Delete(_mount);
    }
}
