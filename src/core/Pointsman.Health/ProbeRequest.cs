using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>One probe to be carried out.</summary>
/// <param name="Timeout"><c>connect_timeout</c>: bounds each wait for the server.</param>
public sealed record ProbeRequest(CheckMethod Method, TransportEndpoint Target, TimeSpan Timeout)
{
    public ProbeBinding Binding { get; init; } = ProbeBinding.Free;

    /// <summary>Clients' way to the target, which this probe takes; null: it goes straight there.</summary>
    public ClientRoad? Road { get; init; }

    /// <summary>Why it does not take the client's road.</summary>
    public string? PlainBecause { get; init; }

    /// <summary>Which of the method's pages is asked for, from 0.</summary>
    public int Step { get; init; }

    /// <summary>Bounds the whole probe: a server that answers a byte at a time never lets <see cref="Timeout"/> pass.</summary>
    public TimeSpan Limit { get; init; } = Timeout;
}
