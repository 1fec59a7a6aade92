using Pointsman.Health;

namespace Pointsman.Probes;

/// <summary>A track script as it stands, for the operator's eyes.</summary>
/// <param name="LastRunTimestamp"><see cref="System.Diagnostics.Stopwatch"/> ticks; null: not run yet.</param>
public sealed record TrackScriptSnapshot(string Name, TrackScriptState State, ScriptOutcome? LastOutcome, long? LastRunTimestamp);
