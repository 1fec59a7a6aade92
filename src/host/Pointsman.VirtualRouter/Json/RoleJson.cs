using System.Text.Json.Serialization;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.VirtualRouter.Json;

/// <summary>The lines between control process and role. One program speaks both sides: the form is no promise.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = false,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    Converters = [typeof(IpAddressConverter), typeof(IpPrefixConverter), typeof(MacAddressConverter)])]
[JsonSerializable(typeof(VirtualRouterSettings))]
[JsonSerializable(typeof(RoleCommand))]
[JsonSerializable(typeof(RoleEvent))]
[JsonSerializable(typeof(HandOverNote))]
[JsonSerializable(typeof(HostChangesNote))]
internal sealed partial class RoleJson : JsonSerializerContext;
