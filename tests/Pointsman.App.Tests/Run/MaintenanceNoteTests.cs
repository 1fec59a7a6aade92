using Pointsman.App.Run;

namespace Pointsman.App.Tests.Run;

/// <summary>Who is out for maintenance, from one daemon to the next.</summary>
public sealed class MaintenanceNoteTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pointsman-maintenance-").FullName;

    private string Note => Path.Combine(_directory, "maintenance");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void NoFile_IsNobody() => Assert.Empty(Reread());

    [Fact]
    public void SetAndRemoved_IsReadByTheNext()
    {
        var note = new MaintenanceNote(Note);
        note.Set("VI 1", unserved: false);
        note.Set("VI_2", unserved: true);
        Assert.Equal([("VI 1", false), ("VI_2", true)], Reread());

        note.Remove("VI 1");
        note.Remove("VI_9");
        Assert.Equal([("VI_2", true)], Reread());
    }

    // The file's place is a folder's: as on a full /run or one for reading alone, neither writing nor reading succeeds.
    [Fact]
    public void CannotBeWritten_IsSaid_AndHolds()
    {
        Directory.CreateDirectory(Note);
        var note = new MaintenanceNote(Note);
        note.Read();
        Assert.Contains($"{Note} cannot be written", note.Set("VI_1", unserved: false), StringComparison.Ordinal);
        Assert.Single(note.Entries);
        Assert.NotNull(note.Remove("VI_1"));
        Assert.Null(note.Remove("VI_1"));
        Assert.Empty(note.Entries);
    }

    private List<(string, bool)> Reread()
    {
        var next = new MaintenanceNote(Note);
        next.Read();
        return [.. next.Entries.Select(entry => (entry.Key, entry.Value))];
    }
}
