using System.Text.Json.Serialization;

namespace Pointsman.Control;

/// <summary>The two lines of the protocol itself, written as <see cref="ControlJson"/> writes results.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlEnvelope))]
internal sealed partial class ControlWireJson : JsonSerializerContext;
