using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>Whether a scheduler's flags and a server's thresholds mean anything together.</summary>
internal static class SchedulerRules
{
    private static readonly string[] Flags = ["sh-fallback", "sh-port", "mh-fallback", "mh-port"];

    // keepalived asks which scheduler was named before the flag and drops the flag of another; here the order is free.
    public static void Check(Bound<VirtualServerDraft> bound, DiagnosticSink sink)
    {
        string algorithm = bound.Value.Config.Algorithm.ToString().ToLowerInvariant();
        foreach (string flag in Flags)
        {
            if (bound.Given.TryGetValue(flag, out Statement? statement) && !flag.StartsWith(algorithm + "-", StringComparison.Ordinal))
            {
                string owner = flag[..2];
                sink.Add(DiagnosticSink.Make(
                    DiagnosticCatalogue.FlagWithoutScheduler, statement.HeaderSpan, flag, algorithm) with
                {
                    Hint = $"type `lb_algo {owner}`, or remove the line",
                });
            }
        }
    }

    public static void CheckThresholds(Bound<RealServerConfig> bound, DiagnosticSink sink)
    {
        RealServerConfig server = bound.Value;
        if (server.UpperThreshold > 0 && server.LowerThreshold > server.UpperThreshold)
        {
            sink.Report(
                DiagnosticCatalogue.ThresholdsCrossed,
                bound.PlaceOf("lthreshold"),
                server.LowerThreshold,
                server.UpperThreshold);
        }
    }
}
