using System.Text.Json.Serialization;

namespace Pointsman.Control.Reload;

[JsonConverter(typeof(JsonStringEnumConverter<ReloadOutcome>))]
public enum ReloadOutcome
{
    /// <summary>Nothing has changed: the file cannot be used, or asks for what this host cannot do.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused,

    /// <summary>Only held beside the running configuration.</summary>
    [JsonStringEnumMemberName("compared")]
    Compared,

    /// <summary>The file's configuration runs.</summary>
    [JsonStringEnumMemberName("applied")]
    Applied,
}
