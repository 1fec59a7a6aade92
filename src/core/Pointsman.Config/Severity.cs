namespace Pointsman.Config;

/// <summary>An error keeps the configuration from being used; a warning does not.</summary>
public enum Severity
{
    Error,
    Warning,
}
