using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary><c>TCP_CHECK</c>.</summary>
public sealed record TcpCheckConfig(SourceSpan Source)
{
    /// <summary>Null: the real server's address.</summary>
    public IpAddress? ConnectIp { get; init; }

    /// <summary>Null: the real server's port.</summary>
    public ushort? ConnectPort { get; init; }

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Further attempts before the server counts as down (<c>retry</c>, <c>nb_get_retry</c>).</summary>
    public int Retry { get; init; } = 1;

    public TimeSpan DelayBeforeRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Null: the virtual server's.</summary>
    public TimeSpan? DelayLoop { get; init; }

    /// <summary>The first check waits a random part of this. Null: the delay loop; zero: no spreading.</summary>
    public TimeSpan? Warmup { get; init; }
}
