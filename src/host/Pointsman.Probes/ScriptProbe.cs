using System.Diagnostics;
using Pointsman.Health;

namespace Pointsman.Probes;

/// <summary><c>MISC_CHECK</c>: a command says by its exit status how its server is.</summary>
public static class ScriptProbe
{
    /// <summary>With <c>misc_dynamic</c> a status from here on is a success, and a weight of so much less.</summary>
    private const int FirstWeightStatus = 2;

    /// <param name="stop">Ends the command without an outcome (<see cref="OperationCanceledException"/>).</param>
    public static async Task<ProbeOutcome> RunAsync(
        CheckMethod.Script method, ScriptSecurity security, CancellationToken stop = default)
    {
        ScriptCommand command = ScriptSecurity.WithDefaultUser(new ScriptCommand(method.Command, method.User, method.Group));
        if (!security.MayRun("MISC_CHECK", command))
        {
            return new ProbeOutcome.Error("it would run as root, and others can change it (enable_script_security)");
        }

        long started = Stopwatch.GetTimestamp();
        ScriptOutcome outcome = await ScriptRunner.RunAsync(command, method.Timeout, stop);
        TimeSpan duration = Stopwatch.GetElapsedTime(started);
        return outcome switch
        {
            ScriptOutcome.Exited { Status: 0 } => new ProbeOutcome.Success(duration, "exit status 0"),
            ScriptOutcome.Exited exited when method.IsDynamic && exited.Status >= FirstWeightStatus =>
                new ProbeOutcome.Success(duration, $"exit status {exited.Status}") { Weight = exited.Status - FirstWeightStatus },
            ScriptOutcome.Exited exited => new ProbeOutcome.Wrong($"{exited.Reason}{Quote(exited.Output)}"),
            ScriptOutcome.Killed killed => new ProbeOutcome.Wrong($"{killed.Reason}{Quote(killed.Output)}"),
            ScriptOutcome.TimedOut timedOut => new ProbeOutcome.Silent(timedOut.Reason),
            ScriptOutcome.NotStarted refused => new ProbeOutcome.Error(refused.Detail),
            _ => throw new UnreachableException(),
        };
    }

    private static string Quote(string output) => output.Length == 0 ? "" : $", it said: {output}";
}
