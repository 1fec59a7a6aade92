namespace Pointsman.Probes.Sending;

/// <summary>What is on its way to a place that the configuration names, or does not name any more. Any thread may call; nobody waits.</summary>
public abstract class ConfiguredOutbox<TItem, TTarget> : IAsyncDisposable
    where TItem : class
    where TTarget : class
{
    private readonly Outbox<TItem> _outbox;
    private readonly string _place;
    private volatile TTarget? _target;

    /// <param name="place">What the configuration would have to name: "mail server".</param>
    /// <param name="log">A line for the operator: sent, failing, working again, dropped.</param>
    private protected ConfiguredOutbox(string name, string place, Action<string> log, OutboxLimits limits)
    {
        _place = place;
        _outbox = new Outbox<TItem>(name, SendAsync, log, limits);
    }

    /// <summary>Null: nothing is sent, and what waits is dropped. Another one gets what waits.</summary>
    public TTarget? Target
    {
        get => _target;
        set
        {
            _target = value;
            if (value is null)
            {
                _outbox.Clear($"the configuration names no {_place} any more");
            }
            else
            {
                // Whoever reloads may have mended what kept them.
                _outbox.Nudge();
            }
        }
    }

    public OutboxFigures Figures => _outbox.Figures;

    public void Send(TItem item)
    {
        if (_target is not null)
        {
            _outbox.Add(item);
        }
    }

    /// <summary>Tries at once what waits, for as long as that may take, and drops the rest.</summary>
    public Task FinishAsync(TimeSpan patience) => _outbox.FinishAsync(patience);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _outbox.DisposeAsync();
    }

    private protected abstract Task<Delivery> DeliverAsync(TItem item, TTarget target, CancellationToken stop);

    private async Task<Delivery> SendAsync(TItem item, CancellationToken stop) => _target is { } target
        ? await DeliverAsync(item, target, stop)
        : new Delivery.Refused($"no {_place} is configured any more");
}
