using System.Globalization;
using Pointsman.Health;
using Pointsman.Linux;
using Pointsman.Linux.Processes;

namespace Pointsman.Probes;

/* Runs one script once.

   The script is the head of its own session (setsid), so that a timeout reaches whatever it started too: SIGTERM to the
   group, two seconds later SIGKILL. User and groups are set by setpriv.
   Both tools replace themselves by the script, so the process number stays the one we started. */

/// <summary>Runs a track script: no shell, as a given user, never longer than it may.</summary>
public static class ScriptRunner
{
    /// <summary>Between SIGTERM and SIGKILL, as keepalived waits.</summary>
    private static readonly TimeSpan TerminateGrace = TimeSpan.FromSeconds(2);

    /// <summary>For the last words of a script that has ended; a child it left behind may hold its output open for ever.</summary>
    private static readonly TimeSpan OutputGrace = TimeSpan.FromMilliseconds(200);

    /// <summary>As <see cref="RunAsync"/>; what nobody has foreseen is an outcome, too: whoever runs a script again and again goes on.</summary>
    internal static async Task<ScriptOutcome> RunWhateverComesAsync(ScriptCommand command, TimeSpan timeout, CancellationToken stop)
    {
        try
        {
            return await RunAsync(command, timeout, stop);
        }
#pragma warning disable CA1031 // Whatever a run dies of, the next one is due.
        catch (Exception unexpected) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return new ScriptOutcome.NotStarted($"{unexpected.GetType().Name}: {unexpected.Message}");
        }
    }

    /// <param name="stop">Ends the script and the call (<see cref="OperationCanceledException"/>).</param>
    public static async Task<ScriptOutcome> RunAsync(ScriptCommand command, TimeSpan timeout, CancellationToken stop = default)
    {
        if (ScriptFile.WhyNotRunnable(command.Arguments[0]) is string obstacle)
        {
            return new ScriptOutcome.NotStarted(obstacle);
        }

        UserAccount? account = command.User is null ? null : UserAccount.Find(command.User);
        if (command.User is not null && account is null)
        {
            return new ScriptOutcome.NotStarted($"there is no user {command.User}");
        }

        ChildProcess started;
        try
        {
            started = ChildProcess.Start(Words(Runnable(command), account));
        }
        catch (ErrnoException refused)
        {
            return new ScriptOutcome.NotStarted(refused.Message);
        }

        using ChildProcess process = started;
        return await AwaitAsync(process, timeout, stop);
    }

    private static async Task<ScriptOutcome> AwaitAsync(ChildProcess process, TimeSpan timeout, CancellationToken stop)
    {
        using var silence = new CancellationTokenSource();
        var output = new ScriptOutput();
        Task reading = Task.WhenAll(
            output.CollectAsync(process.Output, silence.Token),
            output.CollectAsync(process.Error, silence.Token));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(timeout);
        try
        {
            ChildEnd end = await process.Ended.WaitAsync(patience.Token);
            silence.CancelAfter(OutputGrace);
            await reading;
            return end.Signal == 0 ? new ScriptOutcome.Exited(end.Status, output.Text) : new ScriptOutcome.Killed(end.Signal, output.Text);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process);
            await silence.CancelAsync();
            await reading;
            stop.ThrowIfCancellationRequested();
            return new ScriptOutcome.TimedOut();
        }
    }

    private static async Task EndAsync(ChildProcess process)
    {
        if (!ProcessGroup.TryTerminate(process.Id) && !process.Ended.IsCompleted)
        {
            ProcessControl.TrySignal(process.Id, Signal.Kill);     // so young that it has no group of its own yet
        }

        using (var patience = new CancellationTokenSource(TerminateGrace))
        {
            try
            {
                await process.Ended.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                // It ignores SIGTERM; SIGKILL it cannot.
            }
        }

        ProcessGroup.TryKill(process.Id);
        await process.Ended;
    }

    // Another process opens it: as the user asked for, and a file on a server that is silent keeps nobody else.
    private static ScriptCommand Runnable(ScriptCommand command) => ScriptFile.OnlyOpened(command.Arguments[0]) is { } file
        ? command with { Arguments = ["/bin/sh", "-c", ": <\"$0\"", file] }
        : command;

    private static string SizeText(ulong limit) => limit == ulong.MaxValue ? "unlimited" : limit.ToString(CultureInfo.InvariantCulture);

    private static List<string> Words(ScriptCommand command, UserAccount? account)
    {
        // Core files are wanted of the daemon, not of what it runs.
        List<string> words = ProcessControl.FormerCoreLimit is { } limit ? ["prlimit", $"--core={SizeText(limit)}:", "setsid"] : ["setsid"];
        if (account is not null && (command.Group is not null || command.User != Environment.UserName))
        {
            string group = command.Group ?? account.GroupIds[0].ToString(CultureInfo.InvariantCulture);
            words.AddRange(["setpriv", $"--reuid={command.User}", $"--regid={group}", "--init-groups"]);
        }

        words.AddRange(command.Arguments);
        return words;
    }
}
