using System.Text.Json;
using System.Text.Json.Serialization;
using Pointsman.Control.ByHand;
using Pointsman.Control.Reload;
using Pointsman.Control.Status;

namespace Pointsman.Control;

/// <summary>How the control socket's records are written: compact, camelCase, absent instead of null; no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HandAnswer))]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(OrderAccepted))]
[JsonSerializable(typeof(ReloadReport))]
[JsonSerializable(typeof(ServerOrderAccepted))]
[JsonSerializable(typeof(ServerReports))]
public sealed partial class ControlJson : JsonSerializerContext;
