using System.Globalization;
using System.Text;

namespace Pointsman.Lab.Machines;

/// <summary>
/// Finds the lab's machines in /proc by the command line of their first process. There is no list to go stale: a
/// machine exists while that process does, also when the command that made it crashed.
/// </summary>
internal static class NodeProcesses
{
    internal const string InitFile = "node-init.sh";

    /// <summary>Every running machine of every lab that belongs to this state directory.</summary>
    internal static List<Machine> FindAll(LabOptions options)
    {
        string script = Path.Combine(options.StateDirectory, InitFile);
        List<Machine> machines = [];
        foreach (int pid in AllPids())
        {
            // bash SCRIPT LAB NODE; the unshare above it has other words first.
            string[] words = CommandLine(pid);
            if (words.Length == 4 && words[1] == script && words[0].EndsWith("bash", StringComparison.Ordinal))
            {
                machines.Add(new Machine(words[2], words[3], pid, options));
            }
        }

        return machines;
    }

    /// <summary>The living processes of one machine, apart from its first.</summary>
    internal static IEnumerable<NodeProcess> InSpaceOf(int initPid)
    {
        string? space = Space(initPid);
        return AllPids()
            .Where(pid => pid != initPid && space is not null && Space(pid) == space)
            .Select(NodeProcess.TryRead)
            .OfType<NodeProcess>();
    }

    // A link such as pid:[4026532341]; it cannot be read once the process has ended.
    private static string? Space(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/ns/pid").LinkTarget;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string[] CommandLine(int pid) =>
        TryRead($"/proc/{pid}/cmdline") is { Length: > 0 } bytes
            ? Encoding.UTF8.GetString(bytes).TrimEnd('\0').Split('\0')
            : [];

    private static IEnumerable<int> AllPids() =>
        Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0)
            .Where(pid => pid > 0);

    // A process may end between being listed and being read.
    internal static byte[]? TryRead(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
