namespace Pointsman.Config;

/// <summary>An error keeps the configuration from being used; a warning does not; a note only tells what is so.</summary>
public enum Severity
{
    Error,
    Warning,
    Note,
}
