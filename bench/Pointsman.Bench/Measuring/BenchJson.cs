using System.Text.Json.Serialization;

namespace Pointsman.Bench.Measuring;

internal sealed record ReportRecord(string Benchmark, string Method, bool Pass, FigureRecord[] Figures);

internal sealed record FigureRecord(string Name, double Value, string Unit, string? Aim, bool? Pass);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(ReportRecord))]
internal sealed partial class BenchJson : JsonSerializerContext;
