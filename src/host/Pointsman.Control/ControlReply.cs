using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pointsman.Control;

/// <summary>A handler's answer, already written as one line of JSON.</summary>
public sealed class ControlReply
{
    private ControlReply(ControlEnvelope envelope)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(envelope, ControlWireJson.Default.ControlEnvelope);
        var line = new byte[json.Length + 1];
        json.CopyTo(line, 0);
        line[^1] = (byte)'\n';
        Line = line;
    }

    internal ReadOnlyMemory<byte> Line { get; }

    public static ControlReply Ok<T>(T result, JsonTypeInfo<T> type) =>
        new(new ControlEnvelope { Ok = true, Result = JsonSerializer.SerializeToElement(result, type) });

    public static ControlReply Error(string code, string message) =>
        new(new ControlEnvelope { Error = new ControlError(code, message) });

    public static ControlReply UnknownVerb(string verb) =>
        Error(ControlError.UnknownVerb, $"this daemon does not know '{verb}'; it may be older than the command");
}
