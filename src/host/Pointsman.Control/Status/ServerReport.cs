using System.Collections.Immutable;

namespace Pointsman.Control.Status;

/// <summary>What the checks of one real server have seen lately: the answer to <c>pointsman status RS</c>.</summary>
public sealed record ServerReport
{
    public string VirtualServer { get; init; } = "";

    public string Protocol { get; init; } = "";

    public RealServerStatus Server { get; init; } = new();

    public ImmutableArray<CheckReport> Checks { get; init; } = [];
}

/// <summary>One check of a real server.</summary>
public sealed record CheckReport
{
    /// <summary>As the log names it.</summary>
    public string Method { get; init; } = "";

    public string Target { get; init; } = "";

    public bool Up { get; init; }

    /// <summary>The newest first.</summary>
    public ImmutableArray<ResultReport> Results { get; init; } = [];
}

/// <summary>One finished probe.</summary>
public sealed record ResultReport
{
    public DateTimeOffset At { get; init; }

    public double SecondsAgo { get; init; }

    public double DurationMs { get; init; }

    public bool Success { get; init; }

    /// <summary>What was seen, or exactly how it failed.</summary>
    public string Outcome { get; init; } = "";

    /// <summary>The virtual address it was sent to, by just this server; null: it was sent to the server's own.</summary>
    public string? Through { get; init; }
}

/// <summary>A server may stand behind several virtual servers.</summary>
public sealed record ServerReports(ImmutableArray<ServerReport> Servers);
