namespace Pointsman.Control;

/// <summary>Why a client got no answer it can use.</summary>
public abstract record ControlFailure
{
    private ControlFailure()
    {
    }

    /// <summary>For the operator: what is wrong and what to type.</summary>
    public abstract string Message { get; }

    public sealed record NotRunning(string Path) : ControlFailure
    {
        public override string Message =>
            $"the pointsman daemon is not running (nobody answers at {Path}); start it with `pointsman run` or `systemctl start pointsman`";
    }

    public sealed record NotPermitted(string Path) : ControlFailure
    {
        public override string Message => $"permission denied at {Path}: only root may ask the daemon; try `sudo`";
    }

    /// <summary>The daemon understood and said no.</summary>
    public sealed record Refused(ControlError Error) : ControlFailure
    {
        public override string Message => $"the daemon refused: {Error.Message}";
    }

    /// <summary>The daemon's answer did not come, or makes no sense.</summary>
    public sealed record Broken(string Detail) : ControlFailure
    {
        public override string Message => $"the daemon's answer cannot be used: {Detail}";
    }
}
