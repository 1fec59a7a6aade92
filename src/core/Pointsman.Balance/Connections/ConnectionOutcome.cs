namespace Pointsman.Balance.Connections;

/// <summary>What becomes of a client's segment to an armed service. The names are the data path's verdicts.</summary>
public abstract record ConnectionOutcome
{
    private ConnectionOutcome()
    {
    }

    /// <summary>It goes to this server.</summary>
    public sealed record Forwarded(int Server) : ConnectionOutcome;

    /// <summary>No server is usable.</summary>
    public sealed record NoServer : ConnectionOutcome;

    /// <summary>Not a SYN, and no connection is known: the stack answers with a reset.</summary>
    public sealed record NoConnection : ConnectionOutcome;

    /// <summary>It begins a connection of a service by Call-IDs, and has none.</summary>
    public sealed record NoCallId : ConnectionOutcome;

    /// <summary>The connection's server is down or was removed.</summary>
    public sealed record ServerGone : ConnectionOutcome;
}
