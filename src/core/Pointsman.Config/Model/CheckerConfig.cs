using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary>What all checkers have; each kind is a record of its own.</summary>
public abstract record CheckerConfig(SourceSpan Source)
{
    /// <summary>As it was typed in the checker itself; the properties below are what counts.</summary>
    public CheckTimes Times { get; init; } = new();

    /// <summary>Null: the real server's address.</summary>
    public IpAddress? ConnectIp { get; init; }

    /// <summary>Null: the real server's port.</summary>
    public ushort? ConnectPort { get; init; }

    /// <summary>Null: the kernel chooses.</summary>
    public IpAddress? BindTo { get; init; }

    /// <summary>Null: the kernel chooses.</summary>
    public ushort? BindPort { get; init; }

    /// <summary>Null: the routes choose.</summary>
    public string? BindInterface { get; init; }

    /// <summary>0: its packets have no mark.</summary>
    public uint FirewallMark { get; init; }

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Further attempts before the server counts as down (<c>retry</c>, <c>nb_get_retry</c>).</summary>
    public int Retry { get; init; } = 1;

    public TimeSpan DelayBeforeRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Null: the virtual server's.</summary>
    public TimeSpan? DelayLoop { get; init; }

    /// <summary>The first check waits a random part of this. Null: the delay loop; zero: no spreading.</summary>
    public TimeSpan? Warmup { get; init; }

    /// <summary>Down until it has succeeded once.</summary>
    public bool Alpha { get; init; }

    public bool LogAllFailures { get; init; }

    /// <summary>It is made again and again; else it follows something else that is watched.</summary>
    public virtual bool IsTimed => true;

    /// <summary>keepalived's <c>retry</c> where none is typed; kinds differ.</summary>
    internal virtual int RetryByDefault => 1;

    /// <summary>keepalived's <c>delay_before_retry</c> where none is typed; null: the delay loop.</summary>
    internal virtual TimeSpan? DelayBeforeRetryByDefault => TimeSpan.FromSeconds(1);
}
