using System.Text.Json;

namespace Pointsman.Control;

/// <summary>One line back: a result or an error, never both.</summary>
internal sealed record ControlEnvelope
{
    public bool Ok { get; init; }

    public JsonElement? Result { get; init; }

    public ControlError? Error { get; init; }
}
