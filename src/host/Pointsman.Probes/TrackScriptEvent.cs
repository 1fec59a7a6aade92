using Pointsman.Health;

namespace Pointsman.Probes;

/// <summary>A track script turned.</summary>
/// <param name="LogLine">In keepalived's words.</param>
public sealed record TrackScriptEvent(string Name, bool IsUp, ScriptOutcome Outcome, string LogLine);
