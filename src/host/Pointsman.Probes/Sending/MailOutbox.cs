namespace Pointsman.Probes.Sending;

/// <summary>Mails on their way to one server. Any thread may call; nobody waits.</summary>
public sealed class MailOutbox : IAsyncDisposable
{
    private readonly Outbox<Mail> _outbox;
    private volatile MailSettings? _settings;

    /// <param name="log">A line for the operator: sent, failing, working again, dropped.</param>
    public MailOutbox(Action<string> log, OutboxLimits limits) =>
        _outbox = new Outbox<Mail>("E-mail", SendAsync, log, limits);

    /// <summary>Null: no mail is sent, and what waits is dropped. Others get what waits.</summary>
    public MailSettings? Settings
    {
        get => _settings;
        set
        {
            _settings = value;
            if (value is null)
            {
                _outbox.Clear("the configuration names no mail server or nobody to write to any more");
            }
            else
            {
                // Whoever reloads may have mended what kept the mails.
                _outbox.Nudge();
            }
        }
    }

    public OutboxFigures Figures => _outbox.Figures;

    public void Send(Mail mail)
    {
        if (_settings is not null)
        {
            _outbox.Add(mail);
        }
    }

    /// <summary>Tries at once what waits, for as long as that may take, and drops the rest.</summary>
    public Task FinishAsync(TimeSpan patience) => _outbox.FinishAsync(patience);

    public ValueTask DisposeAsync() => _outbox.DisposeAsync();

    private async Task<Delivery> SendAsync(Mail mail, CancellationToken stop) => _settings is { } settings
        ? await SmtpCourier.DeliverAsync(mail, settings, stop)
        : new Delivery.Refused("no mail server is configured any more");
}
