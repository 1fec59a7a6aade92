namespace Pointsman.Health;

/// <summary>A track script before its first result, and after.</summary>
public enum TrackScriptState
{
    Unknown,
    Up,
    Down,
}
