using System.Text.Json.Serialization;

namespace Pointsman.Lab;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(Topology.LabTopology))]
[JsonSerializable(typeof(LabState))]
[JsonSerializable(typeof(Views.LabStatus))]
[JsonSerializable(typeof(Views.TrafficCount))]
internal sealed partial class LabJson : JsonSerializerContext;
