using System.Text.Json.Serialization;

namespace Pointsman.RealServer;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(RealServerMemory))]
[JsonSerializable(typeof(RealServerReport))]
internal sealed partial class RealServerJson : JsonSerializerContext;
