namespace Pointsman.Dataplane;

/// <summary>An ownership lease as the data path reads it.</summary>
/// <param name="Claims">How long its addresses are still answered for; zero when it lapsed or was released.</param>
/// <param name="Forwards">How long what comes to them may still be balanced.</param>
/// <param name="Renewals">How often it was written.</param>
public readonly record struct LeaseView(TimeSpan Claims, TimeSpan Forwards, ulong Renewals)
{
    /// <summary>The addresses are this node's.</summary>
    public bool IsArmed => Claims > TimeSpan.Zero;
}
