namespace Pointsman.Health;

/// <summary>What one check asks for or tells, in order.</summary>
public abstract record CheckAction
{
    private CheckAction()
    {
    }

    /// <param name="Attempt">To be handed back with the outcome, so that a late answer is known as such.</param>
    /// <param name="Step">Which of the method's pages to ask for.</param>
    public sealed record StartProbe(uint Attempt, int Step = 0) : CheckAction;

    /// <param name="Attempts">Probes the verdict rests on: 1 on a success or a first run, retry+1 on a failure.</param>
    public sealed record Changed(bool IsUp, ProbeOutcome Outcome, int Attempts) : CheckAction
    {
        public string Reason => Attempts > 1 ? $"{Outcome.Reason} ({Attempts} attempts)" : Outcome.Reason;
    }
}
