using System.Text.Json;
using System.Text.Json.Serialization;
using Pointsman.Base;

namespace Pointsman.VirtualRouter.Json;

internal sealed class IpAddressConverter : JsonConverter<IpAddress>
{
    public override IpAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        IpAddress.TryParse(reader.GetString(), out IpAddress address) ? address : throw new JsonException("not an IP address");

    public override void Write(Utf8JsonWriter writer, IpAddress value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
