using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>One check: where it goes and how it is timed.</summary>
/// <param name="Target"><c>connect_ip</c> and <c>connect_port</c>, which default to the real server's own.</param>
public sealed record CheckDefinition(TransportEndpoint Target, CheckSettings Settings)
{
    public CheckMethod Method { get; init; } = new CheckMethod.Tcp();

    /// <summary><c>log_all_failures</c>: also attempts that turn nothing.</summary>
    public bool LogsAllFailures { get; init; }

    public ProbeBinding Binding { get; init; } = ProbeBinding.Free;

    /// <summary>The client's road, to be taken whenever it can be; null: never.</summary>
    public ClientRoad? Road { get; init; }

    /// <summary>Why there is no <see cref="Road"/>; null: there is one, or clients take none.</summary>
    public string? PlainBecause { get; init; }
}
