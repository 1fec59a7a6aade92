namespace Pointsman.Health;

/// <summary>What one run of a track script came to.</summary>
public abstract record ScriptOutcome
{
    private ScriptOutcome()
    {
    }

    /// <summary>As keepalived's log says it after the script's name.</summary>
    public abstract string Reason { get; }

    public bool IsSuccess => this is Exited { Status: 0 };

    /// <param name="Status">0 to 255.</param>
    /// <param name="Output">The start of what the script printed, on one line; may be empty.</param>
    public sealed record Exited(int Status, string Output = "") : ScriptOutcome
    {
        public override string Reason => Status == 0 ? "succeeded" : $"failed (exited with status {Status})";
    }

    /// <summary>A signal that was not ours ended the script.</summary>
    /// <param name="Output">As of one that left by itself.</param>
    public sealed record Killed(int Signal, string Output = "") : ScriptOutcome
    {
        public override string Reason => $"failed (due to signal {Signal})";
    }

    public sealed record TimedOut : ScriptOutcome
    {
        public override string Reason => "timed_out";
    }

    /// <param name="Detail">Why the program could not be started, such as "No such file or directory".</param>
    public sealed record NotStarted(string Detail) : ScriptOutcome
    {
        public override string Reason => $"failed (could not be started: {Detail})";
    }
}
