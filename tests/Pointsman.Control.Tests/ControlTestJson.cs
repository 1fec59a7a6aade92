using System.Text.Json.Serialization;

namespace Pointsman.Control.Tests;

[JsonSerializable(typeof(string))]
internal sealed partial class ControlTestJson : JsonSerializerContext;
