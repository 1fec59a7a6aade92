using System.Globalization;
using System.Text.Json.Serialization;
using Pointsman.Dataplane.Tracing;

namespace Pointsman.App.Trace;

/// <summary>A trace for people: a line for each decision, the verdict last.</summary>
internal static class TraceText
{
    private const int NameWidth = 16;

    internal static void Write(TraceReport report, TextWriter target)
    {
        target.Write($"{report.Packet}\n");
        foreach (TraceStep step in report.Steps)
        {
            target.Write(string.Create(CultureInfo.InvariantCulture, $"  {step.Name.PadRight(NameWidth)} {step.Finding}\n"));
        }

        target.Write($"  {"verdict".PadRight(NameWidth)} {report.Verdict}: {report.Action}\n");
        foreach (string note in report.Notes)
        {
            target.Write($"  {"counted, too".PadRight(NameWidth)} {note}\n");
        }
    }
}

/// <summary>How traces are written; no reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TraceReport[]))]
[JsonSerializable(typeof(FlowChange))]
internal sealed partial class TraceJson : JsonSerializerContext;
