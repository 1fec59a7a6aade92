using System.Collections.Immutable;

using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary><c>virtual_server IP PORT</c>.</summary>
public sealed record VirtualServerConfig(TransportEndpoint Address, SourceSpan Source)
{
    public TimeSpan DelayLoop { get; init; } = TimeSpan.FromSeconds(60);

    public LoadBalanceAlgorithm Algorithm { get; init; } = LoadBalanceAlgorithm.Wlc;

    public SchedulerFlags Flags { get; init; }

    public LoadBalanceKind Kind { get; init; } = LoadBalanceKind.Nat;

    /// <summary>TCP only for now: a missing protocol (UDP to keepalived) is refused by the reader.</summary>
    public TransportProtocol Protocol { get; init; } = TransportProtocol.Tcp;

    /// <summary>Null: no persistence.</summary>
    public TimeSpan? PersistenceTimeout { get; init; }

    /// <summary>Clients that share this many leading bits of their address share a real server.</summary>
    public int PersistencePrefixLength { get; init; } = 32;

    /// <summary>For all its checkers, as it was typed here; each checker has it filled in.</summary>
    public CheckTimes Times { get; init; } = new();

    /// <summary>The host that <c>HTTP_GET</c> asks for; null: the address that is asked.</summary>
    public string? VirtualHost { get; init; }

    public ImmutableArray<RealServerConfig> RealServers { get; init; } = [];
}
