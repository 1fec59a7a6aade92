using Pointsman.App.Run;
using Pointsman.Config;

namespace Pointsman.App.Tests.Run;

/// <summary>What the reader of a configuration is told about files on a disk.</summary>
public sealed class DiskSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-app-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Kind_OfEachThing_IsTold()
    {
        File.WriteAllText(At("plain"), "");
        File.WriteAllText(At("script"), "");
        File.SetUnixFileMode(At("script"), UnixFileMode.UserRead | UnixFileMode.GroupExecute);
        Directory.CreateDirectory(At("folder"));
        File.CreateSymbolicLink(At("link"), At("script"));
        var disk = new DiskSource();
        Assert.Equal(ConfigFileKind.File, disk.KindOf(At("plain")));
        Assert.Equal(ConfigFileKind.Executable, disk.KindOf(At("script")));
        Assert.Equal(ConfigFileKind.Executable, disk.KindOf(At("link")));
        Assert.Equal(ConfigFileKind.Folder, disk.KindOf(At("folder")));
        Assert.Equal(ConfigFileKind.Missing, disk.KindOf(At("none")));
        Assert.Equal(["folder", "link", "plain", "script"], disk.NamesIn(_folder).Order());
        Assert.Empty(disk.NamesIn(At("none")));
    }

    // Opening a FIFO nobody writes to would wait for ever.
    [Fact]
    public void Fifo_BesideTheFilesOfAPattern_IsLeftOutWithAWord()
    {
        Assert.Equal(0, MakeFifo(At("b.conf"), 0x180));
        File.WriteAllText(At("a.conf"), "global_defs {\nrouter_id N\n}\n");
        File.WriteAllText(At("site"), "include [ab].conf\n");
        ConfigResult result = ConfigReader.Read(new DiskSource(), At("site"));
        Assert.Equal("N", result.Configuration!.Global.RouterId);
        Assert.Contains(result.Diagnostics, diagnostic => diagnostic.Message.Contains("it is a FIFO", StringComparison.Ordinal));
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "mkfifo", CharSet = System.Runtime.InteropServices.CharSet.Ansi)]
    private static extern int MakeFifo(string path, uint mode);

    [Fact]
    public void Site_OfSeveralFilesForSeveralNodes_IsReadForTheOneNamed()
    {
        Directory.CreateDirectory(At("conf.d"));
        File.WriteAllText(At("keepalived.conf"), "include conf.d/*.conf\n");
        File.WriteAllText(At("conf.d/a.conf"), "global_defs {\n@north router_id N\n@^north router_id S\n}\n");
        Assert.Equal("N", Read("north"));
        Assert.Equal("S", Read("south"));
        Assert.Equal("S", Read(null));
    }

    private string? Read(string? configId)
    {
        ConfigResult? result = ConfigFile.Read(new RunOptions { ConfigFile = At("keepalived.conf"), ConfigId = configId }, out string? error);
        Assert.Null(error);
        return result!.Configuration!.Global.RouterId;
    }

    private string At(string name) => Path.Combine(_folder, name);
}
