using System.Text.Json;
using Pointsman.Linux;
using Pointsman.Linux.Processes;
using Pointsman.VirtualRouter.Json;
using Pointsman.VirtualRouter.Loop;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.VirtualRouter;

/// <summary>
/// The VRRP role as a process: settings and commands come as lines on standard input, events go as lines to standard
/// output. The thread that calls becomes the real-time thread.
/// </summary>
public static class VirtualRouterProcess
{
    private const int ExitOk = 0;
    private const int ExitFailure = 1;
    private const int StandardOutput = 1;

    private static readonly TimeSpan LastWordsPatience = TimeSpan.FromSeconds(1);

    /// <param name="openLeases">Opens the leases of the data plane pinned in the directory it is given.</param>
    /// <returns>The exit code.</returns>
    public static int Run(Func<string, IOwnershipLeases> openLeases)
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        VirtualRouterSettings? settings = ReadSettings(input);
        if (settings is null)
        {
            return ExitFailure;
        }

        using var inbox = new CommandInbox(input);

        // Before the lock: whoever finds the lock taken sends signals.
        using var signals = new RoleSignals(inbox);
        using var outbox = new EventOutbox(settings.Router, FileDescriptor.ForStandardStream(StandardOutput));
        try
        {
            using IOwnershipLeases? leases = OpenLeases(settings.BpfPinDirectory, openLeases);
            if (leases is null)
            {
                return ExitFailure;
            }

            using var loop = new RoleLoop(settings, inbox, outbox, leases);
            EnterRealTime(settings, outbox);

            // Last, so that a role that makes way leaves the wire for as short a time as can be.
            using PidFile? alone = RoleLock.Take(settings.RunDirectory);
            if (alone is null)
            {
                return ExitFailure;
            }

            inbox.StartReading();
            loop.Run();
            return ExitOk;
        }
        catch (ErrnoException refused)
        {
            Console.Error.WriteLine($"vrrp-role: {refused.Message}");
            return ExitFailure;
        }
        finally
        {
            outbox.Drain(LastWordsPatience);
        }
    }

    /// <summary>A role that used this run directory did not end in order, or runs still: the next one, whatever its settings, clears up.</summary>
    public static bool HasRemains(string runDirectory) => File.Exists(Path.Combine(runDirectory, HostChangesNote.FileName));

    private static IOwnershipLeases? OpenLeases(string? pinDirectory, Func<string, IOwnershipLeases> openLeases)
    {
        if (pinDirectory is null)
        {
            return new NoOwnershipLeases();
        }

        try
        {
            return openLeases(pinDirectory);
        }
#pragma warning disable CA1031 // Whatever the opener dies of, a master without leases would hold addresses it cannot serve.
        catch (Exception refused)
#pragma warning restore CA1031
        {
            Console.Error.WriteLine($"vrrp-role: {refused.Message}");
            return null;
        }
    }

    private static VirtualRouterSettings? ReadSettings(StreamReader input)
    {
        try
        {
            if (input.ReadLine() is { } line
                && JsonSerializer.Deserialize(line, RoleJson.Default.VirtualRouterSettings) is { } settings)
            {
                return settings;
            }

            Console.Error.WriteLine("vrrp-role: the daemon starts this; there are no settings on standard input");
        }
        catch (JsonException garbled)
        {
            Console.Error.WriteLine($"vrrp-role: settings: {garbled.Message}");
        }

        return null;
    }

    // Without these the role works as long as the machine is not busy: worth a warning, no reason to stay away.
    private static void EnterRealTime(VirtualRouterSettings settings, EventOutbox outbox)
    {
        ProcessControl.SetThreadName("pointsman-vrrp");
        if (settings.RealTimePriority == 0)
        {
            return;
        }

        int errno = RealTime.TryLockMemory();
        if (errno != 0)
        {
            outbox.Note(isWarning: true, $"VRRP role: memory is not locked: {ErrnoException.Text(errno)}");
        }

        errno = RealTime.TryEnterFifo(settings.RealTimePriority);
        if (errno != 0)
        {
            outbox.Note(isWarning: true, $"VRRP role: no real-time scheduling: {ErrnoException.Text(errno)}");
        }
    }
}
