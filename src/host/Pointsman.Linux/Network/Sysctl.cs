namespace Pointsman.Linux.Network;

/// <summary>Kernel settings below /proc/sys, seen in the network namespace of the calling thread.</summary>
public static class Sysctl
{
    /// <summary>The value without its newline; null when this kernel or interface has no such setting.</summary>
    /// <param name="name">With slashes: <c>net/ipv4/conf/lo/arp_ignore</c>.</param>
    public static string? TryRead(string name)
    {
        try
        {
            return File.ReadAllText(PathOf(name)).Trim();
        }
        catch (IOException)
        {
            return null;
        }
    }

    public static void Write(string name, string value) => File.WriteAllText(PathOf(name), value + "\n");

    private static string PathOf(string name) => "/proc/sys/" + name;
}
