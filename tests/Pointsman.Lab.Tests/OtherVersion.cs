using Pointsman.Dataplane;
using Pointsman.Dataplane.Tables;
using Pointsman.Dataplane.Tests;
using Pointsman.Linux.Bpf;

namespace Pointsman.Lab.Tests;

/// <summary>
/// Another version's daemon, as far as packets know of it: run in a director's machine whose own daemon is away, it puts tables of another
/// layout and their program in the place of those that are pinned.
/// </summary>
internal static class OtherVersion
{
    internal const string Word = "other-version";

    internal static int TakeOver(string pins)
    {
        PinPaths ours = new(pins);
        PinPaths other = OtherLayout.Load(ours);
        FormerTables.TryOpen(ours)!.CopyTo(other);
        using BpfProgram program = BpfProgram.TryOpen(other.Of(Names.XdpProgram))!;
        foreach ((string path, AttachedInterface attached) in ours.PinnedLinks())
        {
            using XdpLink link = XdpLink.TryOpen(path)!;
            Assert.True(link.TryUpdate(program), $"interface {attached.Index} is there");
        }

        Directory.Delete(ours.Version, recursive: true);
        return 0;
    }
}
