using System.Collections.Immutable;

namespace Pointsman.Probes.Tracking;

/// <summary>A <c>vrrp_track_process</c> to be counted.</summary>
/// <param name="Command">Its program, and its parameters if they count.</param>
/// <param name="Match">Null: parameters do not count.</param>
/// <param name="IsFullCommand">The program is the whole first word of the command line.</param>
public sealed record TrackedProcess(string Name, ImmutableArray<string> Command, ParameterMatch? Match, bool IsFullCommand)
{
    // The kernel keeps so much of a process's name.
    private const int NameLimit = 15;

    /// <param name="name">What the kernel calls it.</param>
    /// <param name="commandLine">Its words; empty for a thread of the kernel.</param>
    public bool Is(string name, IReadOnlyList<string> commandLine)
    {
        if (commandLine.Count == 0)
        {
            return false;
        }

        string program = Command[0];
        bool isProgram = IsFullCommand
            ? commandLine[0] == program
            : name == program[..Math.Min(program.Length, NameLimit)] || Path.GetFileName(commandLine[0]) == Path.GetFileName(program);
        return isProgram && (Match is not { } match || HasParameters(match, commandLine));
    }

    private bool HasParameters(ParameterMatch match, IReadOnlyList<string> commandLine)
    {
        if (commandLine.Count < Command.Length || (match == ParameterMatch.Exact && commandLine.Count != Command.Length))
        {
            return false;
        }

        for (int i = 1; i < Command.Length; i++)
        {
            bool mayBeBegin = match == ParameterMatch.Partial && i == Command.Length - 1;
            if (mayBeBegin ? !commandLine[i].StartsWith(Command[i], StringComparison.Ordinal) : commandLine[i] != Command[i])
            {
                return false;
            }
        }

        return true;
    }
}
