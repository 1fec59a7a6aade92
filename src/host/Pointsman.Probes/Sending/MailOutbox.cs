namespace Pointsman.Probes.Sending;

/// <summary>Mails on their way to one server.</summary>
public sealed class MailOutbox(Action<string> log, OutboxLimits limits) : ConfiguredOutbox<Mail, MailSettings>("E-mail", "mail server, or nobody to write to,", log, limits)
{
    private protected override Task<Delivery> DeliverAsync(Mail item, MailSettings target, CancellationToken stop) =>
        SmtpCourier.DeliverAsync(item, target, stop);
}
