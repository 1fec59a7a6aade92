using System.Globalization;
using System.Text;

namespace Pointsman.Lab.Machines;

/// <summary>One process of a machine at the moment of looking.</summary>
/// <param name="Pid">As the host numbers it.</param>
/// <param name="InnerPid">As the machine numbers it.</param>
/// <param name="Session">The session's leader, as the machine numbers it.</param>
internal sealed record NodeProcess(int Pid, int InnerPid, int Session)
{
    /// <summary>Null when it has ended, reaped or not.</summary>
    internal static NodeProcess? TryRead(int pid)
    {
        if (NodeProcesses.TryRead($"/proc/{pid}/status") is not { } status)
        {
            return null;
        }

        Dictionary<string, string> fields = Encoding.UTF8.GetString(status).Split('\n')
            .Select(line => line.Split(':', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1].Trim());
        return fields["State"].StartsWith('Z') || fields["State"].StartsWith('X')
            ? null
            : new NodeProcess(pid, Innermost(fields["NSpid"]), Innermost(fields["NSsid"]));
    }

    /// <summary>Whether it was started with this setting in its environment.</summary>
    internal bool HasSetting(string setting)
    {
        if (NodeProcesses.TryRead($"/proc/{Pid}/environ") is not { } environment)
        {
            return false;
        }

        int at = environment.AsSpan().IndexOf((byte[])[.. Encoding.UTF8.GetBytes(setting), 0]);
        return at == 0 || (at > 0 && environment[at - 1] == 0);
    }

    // One number per nested namespace, the host's first.
    private static int Innermost(string numbers) =>
        int.Parse(numbers.Split('\t')[^1], CultureInfo.InvariantCulture);
}
