using System.Globalization;
using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>
/// Leases in a directory that outlives the role, as pinned maps do; <c>log</c> tells what was done, in order, and whether
/// the virtual address stood on an interface at that moment.
/// </summary>
internal sealed class FileLeases(string directory) : IOwnershipLeases
{
    /// <summary>A directory that cannot be opened.</summary>
    internal const string Missing = "/proc/none";

    internal static FileLeases Open(string directory) => Directory.Exists(directory)
        ? new FileLeases(directory)
        : throw new ErrnoException($"open({directory})", Errno.NoEntry);

    internal static bool IsArmed(string directory, int slot) =>
        long.TryParse(ReadOrEmpty(PathOf(directory, slot)), NumberStyles.None, CultureInfo.InvariantCulture, out long until)
        && MonotonicClock.NowWithSuspend.Nanoseconds < until;

    internal static string[] Log(string directory) =>
        ReadOrEmpty(Path.Combine(directory, "log")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public bool IsArmed(int slot) => IsArmed(directory, slot);

    public void Arm(int slot, TimeSpan claims, TimeSpan forwards)
    {
        if (!IsArmed(slot))
        {
            Tell($"arm {slot} {AddressState()}");
        }

        Instant until = MonotonicClock.NowWithSuspend + claims;
        string draft = PathOf(directory, slot) + ".new";
        File.WriteAllText(draft, until.Nanoseconds.ToString(CultureInfo.InvariantCulture));
        File.Move(draft, PathOf(directory, slot), overwrite: true);
    }

    public void Disarm(int slot)
    {
        File.Delete(PathOf(directory, slot));
        Tell($"disarm {slot} {AddressState()}");
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

    private static string AddressState()
    {
        using var client = new RouteClient();
        return client.Addresses().Any(present => present.Prefix.Address == Node.Address(Network.Vip))
            ? "with the address"
            : "without the address";
    }

    private void Tell(string line) => File.AppendAllText(Path.Combine(directory, "log"), line + "\n");
}
