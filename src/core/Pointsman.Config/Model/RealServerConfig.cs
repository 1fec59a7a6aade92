using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary><c>real_server IP PORT</c>.</summary>
public sealed record RealServerConfig(TransportEndpoint Address, SourceSpan Source)
{
    /// <summary>How packets reach it; the virtual server's when it was not typed here.</summary>
    public LoadBalanceKind Kind { get; init; } = LoadBalanceKind.Nat;

    /// <summary>Of GUE: the UDP port of the tunnel.</summary>
    public ushort GuePort { get; init; }

    /// <summary>0..65535; 0 takes no new connections.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>With so many connections it gets no new ones; 0: no limit.</summary>
    public int UpperThreshold { get; init; }

    /// <summary>With fewer than these it gets new ones again; 0: with three quarters of the upper one.</summary>
    public int LowerThreshold { get; init; }

    /// <summary>A failure leaves it in the table with weight 0, and so its connections.</summary>
    public bool InhibitOnFailure { get; init; }

    public NotifyScriptConfig? NotifyUp { get; init; }

    public NotifyScriptConfig? NotifyDown { get; init; }

    /// <summary>For its checkers, as it was typed here; each checker has it filled in.</summary>
    public CheckTimes Times { get; init; } = new();

    /// <summary>The host that <c>HTTP_GET</c> asks for; null: the virtual server's.</summary>
    public string? VirtualHost { get; init; }

    /// <summary>Null: as its virtual server's, except that it ends with on.</summary>
    public bool? SmtpAlert { get; init; }

    public ImmutableArray<CheckerConfig> Checks { get; init; } = [];
}
