using System.Diagnostics;
using System.Globalization;

namespace Pointsman.Bench.Config;

/// <summary>What one run of a program cost.</summary>
/// <param name="Elapsed">On the clock.</param>
/// <param name="Processor">In the program and, for it, in the kernel.</param>
/// <param name="PeakBytes">Resident at most.</param>
internal sealed record ProgramRun(TimeSpan Elapsed, TimeSpan Processor, long PeakBytes)
{
    // The kernel adds both up while the program runs; what is read last lacks at most this long.
    private static readonly TimeSpan ReadingPause = TimeSpan.FromMilliseconds(2);

    internal static ProgramRun Of(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        (TimeSpan processor, long peakBytes) = (TimeSpan.Zero, 0);
        while (!process.WaitForExit(ReadingPause))
        {
            try
            {
                process.Refresh();
                (processor, peakBytes) = (process.TotalProcessorTime, Math.Max(peakBytes, PeakOf(process.Id)));
            }
            catch (Exception gone) when (gone is InvalidOperationException or IOException or System.ComponentModel.Win32Exception)
            {
                // It ended between the two looks; the last figures stand.
                break;
            }
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(begin);
        process.WaitForExit();
        return process.ExitCode == 0
            ? new ProgramRun(elapsed, processor, peakBytes)
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} left with {process.ExitCode}");
    }

    private static long PeakOf(int processId)
    {
        string? line = File.ReadLines($"/proc/{processId}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
    }
}
