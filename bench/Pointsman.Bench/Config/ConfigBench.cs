using System.Globalization;
using Pointsman.Bench.Measuring;

namespace Pointsman.Bench.Config;

/// <summary>How long it takes to read and judge the file of a large site, beside keepalived's own test of the same file.</summary>
internal static class ConfigBench
{
    private const double SecondsLimit = 2;
    private const double MegabytesLimit = 500;
    private const string Keepalived = "/usr/sbin/keepalived";

    internal static Report Run(int rounds, string program)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, LargeSite.Text());
            List<ProgramRun> ours = [];
            List<ProgramRun> theirs = [];
            for (int round = 0; round < rounds; round++)
            {
                ours.Add(ProgramRun.Of(program, "check", path));
                theirs.Add(ProgramRun.Of(Keepalived, "--config-test", "--use-file", path));
            }

            return new Report(
                "config",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{LargeSite.ServiceCount} virtual servers with {LargeSite.ServerCount} real servers; median of {rounds}"),
                [.. Figures("keepalived --config-test", theirs, isOurs: false), .. Figures("pointsman check", ours, isOurs: true)]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    // Neighbours lengthen the time on the clock; the processor's own is what the program is answerable for.
    private static IEnumerable<Figure> Figures(string name, List<ProgramRun> runs, bool isOurs) =>
    [
        new Figure($"{name}: processor time", Median(runs, run => run.Processor.TotalSeconds), "s", isOurs ? Aim.AtMost(SecondsLimit) : null),
        new Figure($"{name}: shortest time", runs.Min(run => run.Elapsed.TotalSeconds), "s"),
        new Figure($"{name}: memory at most", Median(runs, run => run.PeakBytes / 1e6), "MB", isOurs ? Aim.AtMost(MegabytesLimit) : null),
    ];

    private static double Median(List<ProgramRun> runs, Func<ProgramRun, double> value)
    {
        var samples = new Samples();
        foreach (ProgramRun run in runs)
        {
            samples.Add(value(run));
        }

        return samples.Median;
    }
}
