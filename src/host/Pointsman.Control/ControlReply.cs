using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pointsman.Control;

/// <summary>A handler's answer, already written as one line of JSON.</summary>
public sealed class ControlReply
{
    private static readonly JsonWriterOptions Straight = new() { SkipValidation = true };

    private ControlReply(IReadOnlyList<ReadOnlyMemory<byte>> line) => Line = line;

    /// <summary>In pieces.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>> Line { get; }

    // Written once: the status of a large site has megabytes.
    public static ControlReply Ok<T>(T result, JsonTypeInfo<T> type)
    {
        var line = new PieceWriter();
        using (var json = new Utf8JsonWriter(line, Straight))
        {
            json.WriteStartObject();
            json.WriteBoolean("ok", true);
            json.WritePropertyName("result");
            JsonSerializer.Serialize(json, result, type);
            json.WriteEndObject();
        }

        return Ended(line);
    }

    public static ControlReply Error(string code, string message)
    {
        var line = new PieceWriter();
        using (var json = new Utf8JsonWriter(line, Straight))
        {
            JsonSerializer.Serialize(json, new ControlEnvelope { Error = new ControlError(code, message) }, ControlWireJson.Default.ControlEnvelope);
        }

        return Ended(line);
    }

    public static ControlReply UnknownVerb(string verb) =>
        Error(ControlError.UnknownVerb, $"this daemon does not know '{verb}'; it may be older than the command");

    private static ControlReply Ended(PieceWriter line)
    {
        line.Write("\n"u8);
        return new ControlReply(line.Pieces);
    }
}
