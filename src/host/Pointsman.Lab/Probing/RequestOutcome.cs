namespace Pointsman.Lab.Probing;

/// <summary>How one request of a probe ended, as a client would tell it.</summary>
public enum RequestOutcome
{
    Answered,
    TimedOut,
    Refused,
    Reset,
    Unreachable,

    /// <summary>The server closed, or said something that is no answer.</summary>
    Garbled,
}
