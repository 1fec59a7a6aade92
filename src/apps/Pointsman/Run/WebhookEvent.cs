using System.Text.Json.Serialization;

namespace Pointsman.App.Run;

/// <summary>What a webhook is told: one event. <see cref="Text"/> is what chat services show.</summary>
internal sealed record WebhookEvent
{
    public required string Text { get; init; }

    public required string RouterId { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>INSTANCE, GROUP, VS or RS.</summary>
    public required string Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>Of an RS: whose it is.</summary>
    public string? VirtualServer { get; init; }

    public required string State { get; init; }

    public int? Priority { get; init; }

    public string? Reason { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebhookEvent))]
internal sealed partial class WebhookJson : JsonSerializerContext;
