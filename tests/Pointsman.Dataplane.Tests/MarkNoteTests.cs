using Pointsman.Dataplane.Marks;

namespace Pointsman.Dataplane.Tests;

public sealed class MarkNoteTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    // What is unreadable says that there is something to take back, and not what: the settings stay as they are.
    [Theory]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    public void NoteWithoutSettings_IsEnded(string text)
    {
        File.WriteAllText(_path, text);
        var note = new MarkNote(_path);
        Assert.True(note.Exists);

        note.End();

        Assert.False(note.Exists);
    }

    public void Dispose() => File.Delete(_path);
}
