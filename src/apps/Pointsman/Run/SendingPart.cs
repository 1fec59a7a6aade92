using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Pointsman.Config.Model;
using Pointsman.Control.Status;
using Pointsman.Engine.Notifications;
using Pointsman.Probes.Sending;

namespace Pointsman.App.Run;

/// <summary>News that goes out to people. Adding to it never waits; sending is the affair of threads of the pool.</summary>
internal sealed class SendingPart(Action<string> line) : IAsyncDisposable
{
    private readonly MailOutbox _mail = new(line, new OutboxLimits());
    private readonly WebhookOutbox _webhook = new(line, new OutboxLimits());
    private string _routerId = Environment.MachineName;

    /// <summary>At start, and at a reload: what waits goes by the new settings.</summary>
    internal void Start(GlobalDefinitions global)
    {
        _routerId = global.RouterId ?? Environment.MachineName;
        _mail.Target = Settings(global.Mail);
        _webhook.Target = global.Webhook is { } address ? new Uri(address) : null;
    }

    internal void Send(Notice.SendMail mail) =>
        _mail.Send(new Mail($"[{_routerId}] {mail.Subject}", mail.Body, DateTimeOffset.Now));

    internal void Tell(Notice.Happened happened)
    {
        if (_webhook.Target is null)
        {
            return;
        }

        string text = happened.Line.TrimEnd('\n');
        _webhook.Send(new Webhook(text, JsonSerializer.Serialize(
            new WebhookEvent
            {
                Text = $"[{_routerId}] {text}{(happened.Reason is null ? "" : $" ({happened.Reason})")}",
                RouterId = _routerId,
                At = DateTimeOffset.Now,
                Kind = happened.Kind,
                Name = happened.Name,
                VirtualServer = happened.Owner,
                State = happened.State,
                Priority = happened.IsOfServers ? null : happened.Priority,
                Reason = happened.Reason,
            },
            WebhookJson.Default.WebhookEvent)));
    }

    internal ImmutableArray<SendingStatus> Status() =>
    [
        .. _mail.Target is { } settings ? [Status("e-mail", settings.ServerName, _mail.Figures)] : Array.Empty<SendingStatus>(),
        // The path of a webhook is its password.
        .. _webhook.Target is { } address ? [Status("webhook", address.GetLeftPart(UriPartial.Authority), _webhook.Figures)] : Array.Empty<SendingStatus>(),
    ];

    internal Task FinishAsync(TimeSpan patience) => Task.WhenAll(_mail.FinishAsync(patience), _webhook.FinishAsync(patience));

    public async ValueTask DisposeAsync()
    {
        await _mail.DisposeAsync();
        await _webhook.DisposeAsync();
    }

    private static MailSettings? Settings(MailConfig mail) => !mail.IsComplete ? null : new MailSettings(
        mail.Server!, mail.Port, mail.ConnectTimeout, mail.HeloName ?? Environment.MachineName, mail.From ?? $"keepalived@{Environment.MachineName}", mail.To)
    {
        Encryption = mail.Security switch
        {
            MailSecurity.Off => MailEncryption.None,
            MailSecurity.StartTls => MailEncryption.StartTls,
            MailSecurity.Implicit => MailEncryption.Implicit,
            _ => throw new UnreachableException(),
        },
        CertificateName = mail.TlsName ?? mail.Server!,
        Authorities = mail.TlsCertificates,
        Login = mail.Login is { } login ? new MailLogin(login.User, login.PasswordFile) : null,
    };

    private static SendingStatus Status(string kind, string target, OutboxFigures figures) => new()
    {
        Kind = kind,
        Target = target,
        Waiting = figures.Waiting,
        Sent = figures.Sent,
        Failures = figures.Failures,
        Dropped = figures.Dropped,
        LastError = figures.LastError,
        LastSentSecondsAgo = figures.LastSentAgo?.TotalSeconds,
        NextTrySeconds = figures.NextTryIn?.TotalSeconds,
    };
}
