using Microsoft.Extensions.Logging.Abstractions;
using Pointsman.App.Run;
using Pointsman.Config.Model;

namespace Pointsman.App.Tests.Run;

/// <summary>The files that signals ask for, in a folder that everybody may write to.</summary>
public sealed class DumpPartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-dump-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AnothersLinkInThePlace_IsReplaced_AndWhatItNamesIsNotWrittenTo()
    {
        string target = Path.Combine(_folder, "target");
        File.WriteAllText(target, "theirs");
        File.CreateSymbolicLink(Path.Combine(_folder, "keepalived.data"), target);
        Write();

        Assert.Equal("theirs", File.ReadAllText(target));
        Assert.Null(new FileInfo(Path.Combine(_folder, "keepalived.data")).LinkTarget);
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder).Length);
    }

    [Fact]
    public void PlaceIsTaken_NothingIsLeftBehind()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "keepalived.data", "full"));
        Write();
        Assert.Equal("keepalived.data", Path.GetFileName(Assert.Single(Directory.GetFileSystemEntries(_folder))));
    }

    private void Write() => new DumpPart(router: null!, _folder, NullLogger.Instance).WriteConfiguration(new Configuration());
}
