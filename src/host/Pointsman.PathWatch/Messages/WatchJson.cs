using System.Text.Json.Serialization;

namespace Pointsman.PathWatch.Messages;

/// <summary>The lines between control process and path watch. One program speaks both sides: the form is no promise.</summary>
[JsonSourceGenerationOptions(WriteIndented = false, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(WatchSettings))]
[JsonSerializable(typeof(WatchEvent))]
internal sealed partial class WatchJson : JsonSerializerContext;
