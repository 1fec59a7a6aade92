using Pointsman.Dataplane.Marks;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Tests;

public sealed class MarkNoteTests : IDisposable
{
    private const string Forwarding = "net/ipv4/ip_forward";
    private const string Filter = "net/ipv4/conf/lo/rp_filter";

    private readonly string _folder = Directory.CreateTempSubdirectory("dp-mark-note-").FullName;
    private readonly List<string> _told = [];
    private readonly string _path;

    public MarkNoteTests() => _path = Path.Combine(_folder, "marks-host.json");

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

    [Fact]
    public void Settings_AreSetBack_ByTheNextProcessToo() => OnAHostOfItsOwn(() =>
    {
        var note = new MarkNote(_path, _told.Add);
        Assert.False(note.Exists);
        note.Begin();
        note.Set(Forwarding, "1");
        note.Set(Filter, "1");
        note.Set(Filter, "2");
        note.Set("net/ipv4/no_such_setting", "1");
        Assert.Equal(("1", "2"), (Sysctl.TryRead(Forwarding), Sysctl.TryRead(Filter)));

        // After a crash: whoever comes reads what it was before the first change.
        var next = new MarkNote(_path, _told.Add);
        Assert.True(next.Exists);
        next.Set(Filter, "2");
        next.End();
        Assert.Equal(("0", "0"), (Sysctl.TryRead(Forwarding), Sysctl.TryRead(Filter)));
        Assert.False(next.Exists);
        Assert.Empty(Directory.GetFiles(_folder));
        Assert.Empty(_told);
    });

    [Fact]
    public void SomebodyElseHasChangedASetting_ItStays() => OnAHostOfItsOwn(() =>
    {
        var note = new MarkNote(_path, _told.Add);
        note.Set(Forwarding, "1");
        note.Set(Filter, "1");
        Sysctl.Write(Filter, "2");
        note.End();
        Assert.Equal(("0", "2"), (Sysctl.TryRead(Forwarding), Sysctl.TryRead(Filter)));
    });

    // A folder has the place of the draft: as on a full /run or one for reading alone nothing can be written.
    [Fact]
    public void CannotBeWritten_IsToldOnce_HoldsForThisProcess_AndIsSetBack() => OnAHostOfItsOwn(() =>
    {
        Directory.CreateDirectory(_path + ".new");
        var note = new MarkNote(_path, _told.Add);
        note.Begin();
        note.Set(Forwarding, "1");
        note.Set(Filter, "1");
        Assert.StartsWith(
            $"{_path} cannot be written, after a crash what marked packets need of this host's settings may stay: ", Assert.Single(_told), StringComparison.Ordinal);
        Assert.True(note.Exists);
        Assert.Equal("1", Sysctl.TryRead(Forwarding));

        // As soon as it can be, all of it is written down.
        Directory.Delete(_path + ".new");
        note.Set("net/ipv4/conf/lo/arp_ignore", "1");
        Assert.Contains(Forwarding, File.ReadAllText(_path), StringComparison.Ordinal);
        note.End();
        Assert.Equal(("0", "0"), (Sysctl.TryRead(Forwarding), Sysctl.TryRead(Filter)));
        Assert.False(note.Exists);
    });

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void OnAHostOfItsOwn(Action test)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "network namespaces need root");
        NetworkNamespace.InNew(() =>
        {
            Sysctl.Write(Forwarding, "0");
            Sysctl.Write(Filter, "0");
            test();
            return 0;
        });
    }
}
