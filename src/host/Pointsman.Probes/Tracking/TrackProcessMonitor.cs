using System.Globalization;
using Pointsman.Health;
using Pointsman.Linux.Timing;

namespace Pointsman.Probes.Tracking;

/// <summary>Counts the tracked processes of this machine, twice a second, and tells which turned.</summary>
public sealed class TrackProcessMonitor : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly IReadOnlyList<(TrackedProcess Process, TrackProcessMachine Machine)> _tracked;
    private readonly Action<string, bool, int> _post;
    private readonly Action<string> _log;
    private bool _hasComplained;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="post">Gets a name, whether enough of it run, and how many; on a pool thread, must not block.</param>
    /// <param name="log">A line for the operator.</param>
    public TrackProcessMonitor(
        IReadOnlyList<(TrackedProcess Process, TrackProcessMachine Machine)> tracked, Action<string, bool, int> post, Action<string> log)
    {
        _tracked = tracked;
        _post = post;
        _log = log;
        _running = tracked.Count == 0 ? Task.CompletedTask : RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Interval);
            do
            {
                TryLook();
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private void TryLook()
    {
        try
        {
            Look();
            _hasComplained = false;
        }
#pragma warning disable CA1031 // Whatever one look dies of, the next one is due.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            if (!_hasComplained)
            {
                _hasComplained = true;
                _log($"track_process: the processes could not be counted, the last word on each stands: {unexpected.GetType().Name}: {unexpected.Message}");
            }
        }
    }

    private void Look()
    {
        int[] counts = Count();
        for (int i = 0; i < counts.Length; i++)
        {
            (TrackedProcess process, TrackProcessMachine machine) = _tracked[i];
            if (machine.OnCount(MonotonicClock.Now, counts[i]))
            {
                _post(process.Name, machine.IsUp, counts[i]);
            }
        }
    }

    private int[] Count()
    {
        var counts = new int[_tracked.Count];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _)
                || !TryRead(folder, out string name, out string[] commandLine))
            {
                continue;
            }

            for (int i = 0; i < counts.Length; i++)
            {
                counts[i] += _tracked[i].Process.Is(name, commandLine) ? 1 : 0;
            }
        }

        return counts;
    }

    private static bool TryRead(string folder, out string name, out string[] commandLine)
    {
        try
        {
            name = File.ReadAllText(Path.Combine(folder, "comm")).TrimEnd('\n');
            commandLine = File.ReadAllText(Path.Combine(folder, "cmdline")).Split('\0', StringSplitOptions.RemoveEmptyEntries);
            return true;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            name = "";
            commandLine = [];
            return false;
        }
    }
}
