namespace Pointsman.Control;

/// <summary>Why the daemon did not do what it was asked.</summary>
/// <param name="Code">One of the names below; a client treats one it does not know as <see cref="Failed"/>.</param>
/// <param name="Message">For the operator: lower case, no full stop.</param>
public sealed record ControlError(string Code, string Message)
{
    public const string BadRequest = "bad-request";
    public const string UnknownVerb = "unknown-verb";
    public const string Forbidden = "forbidden";
    public const string TooLarge = "too-large";
    public const string TooSlow = "too-slow";
    public const string Busy = "busy";
    public const string Failed = "failed";
}
