using System.Globalization;
using Pointsman.Base;
using Pointsman.Linux.Timing;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Leases in a directory that outlives the role, as pinned maps do; <c>log</c> tells what was done, in order.</summary>
internal sealed class FileLeases(string directory) : IOwnershipLeases
{
    internal static bool IsArmed(string directory, int slot) =>
        long.TryParse(ReadOrEmpty(PathOf(directory, slot)), NumberStyles.None, CultureInfo.InvariantCulture, out long until)
        && MonotonicClock.NowWithSuspend.Nanoseconds < until;

    internal static string[] Log(string directory) =>
        ReadOrEmpty(Path.Combine(directory, "log")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public bool IsArmed(int slot) => IsArmed(directory, slot);

    public void Arm(int slot, TimeSpan lifetime)
    {
        if (!IsArmed(slot))
        {
            Tell($"arm {slot}");
        }

        Instant until = MonotonicClock.NowWithSuspend + lifetime;
        string draft = PathOf(directory, slot) + ".new";
        File.WriteAllText(draft, until.Nanoseconds.ToString(CultureInfo.InvariantCulture));
        File.Move(draft, PathOf(directory, slot), overwrite: true);
    }

    public void Disarm(int slot)
    {
        File.Delete(PathOf(directory, slot));
        Tell($"disarm {slot}");
    }

    public void LearnPeer(IpAddress address, MacAddress mac) => Tell($"peer {address} {mac}");

    public void Dispose()
    {
    }

    private static string PathOf(string directory, int slot) => Path.Combine(directory, $"lease-{slot}");

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private void Tell(string line) => File.AppendAllText(Path.Combine(directory, "log"), line + "\n");
}
