using System.Text.Json;
using System.Text.Json.Serialization;
using Pointsman.Base;

namespace Pointsman.VirtualRouter.Json;

internal sealed class IpPrefixConverter : JsonConverter<IpPrefix>
{
    public override IpPrefix Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        IpPrefix.TryParse(reader.GetString(), out IpPrefix prefix) ? prefix : throw new JsonException("not an IP prefix");

    public override void Write(Utf8JsonWriter writer, IpPrefix value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
