using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Pointsman.PathWatch.Messages;

/// <summary>What the path watch tells the control process: one JSON line each.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Turned), "turned")]
[JsonDerivedType(typeof(Noted), "note")]
[JsonDerivedType(typeof(SnapshotTaken), "snapshot")]
[JsonDerivedType(typeof(Exited), "exited")]
public abstract record WatchEvent
{
    private WatchEvent()
    {
    }

    /// <summary>A path is up, or is not any more, or has not come up in the time that takes.</summary>
    public sealed record Turned(string Name, bool IsUp, string Text) : WatchEvent;

    public sealed record Noted(string Text) : WatchEvent;

    /// <summary>Every second.</summary>
    public sealed record SnapshotTaken(ImmutableArray<PathSnapshot> Paths) : WatchEvent;

    /// <summary>Said by the client: the process has ended.</summary>
    public sealed record Exited(int ExitCode, bool WasAsked) : WatchEvent;
}
