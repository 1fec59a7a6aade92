using System.Text.Json.Serialization;

namespace Pointsman.Lab.Probing;

/// <summary>One line per report: the probe's side of the pipe and the lab's.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProbeReport))]
[JsonSerializable(typeof(List<HeldReport>))]
[JsonSerializable(typeof(DatagramReport))]
internal sealed partial class ProbeJson : JsonSerializerContext;
