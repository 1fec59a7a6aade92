using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Pointsman.Config;

/// <summary>All complaints about one file or several as plain fields, for JSON.</summary>
public sealed record DiagnosticReport(int Errors, int Warnings, int Notes, ImmutableArray<DiagnosticData> Diagnostics);

/// <summary>How a report is written: camelCase, absent instead of null; no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(DiagnosticReport))]
internal sealed partial class DiagnosticJson : JsonSerializerContext;
