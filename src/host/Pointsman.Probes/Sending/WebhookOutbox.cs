using System.Net;
using System.Text;

namespace Pointsman.Probes.Sending;

/// <summary>Events on their way to one HTTP address, by POST. Any thread may call; nobody waits.</summary>
public sealed class WebhookOutbox : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Outbox<Webhook> _outbox;

    // A connection is not kept for long, so that a name that moves is looked up again.
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1),
    })
    {
        Timeout = Patience,
    };

    private volatile Uri? _address;

    /// <param name="log">A line for the operator: failing, working again, dropped.</param>
    public WebhookOutbox(Action<string> log, OutboxLimits limits) => _outbox = new Outbox<Webhook>("Webhook", SendAsync, log, limits);

    /// <summary>Null: nothing is sent, and what waits is dropped. Another one gets what waits.</summary>
    public Uri? Address
    {
        get => _address;
        set
        {
            _address = value;
            if (value is null)
            {
                _outbox.Clear("the configuration names no webhook any more");
            }
            else
            {
                _outbox.Nudge();
            }
        }
    }

    public OutboxFigures Figures => _outbox.Figures;

    public void Send(Webhook webhook)
    {
        if (_address is not null)
        {
            _outbox.Add(webhook);
        }
    }

    /// <summary>Tries at once what waits, for as long as that may take, and drops the rest.</summary>
    public Task FinishAsync(TimeSpan patience) => _outbox.FinishAsync(patience);

    public async ValueTask DisposeAsync()
    {
        await _outbox.DisposeAsync();
        _client.Dispose();
    }

    private async Task<Delivery> SendAsync(Webhook webhook, CancellationToken stop)
    {
        if (_address is not { } address)
        {
            return new Delivery.Refused("no webhook is configured any more");
        }

        try
        {
            using var body = new StringContent(webhook.Json, Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = body };
            using HttpResponseMessage answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            string status = $"{address.GetLeftPart(UriPartial.Authority)} answers {(int)answer.StatusCode}";
            return answer.IsSuccessStatusCode ? new Delivery.Done($"Webhook told: {webhook.What}")
                : IsForLater(answer.StatusCode) ? new Delivery.Failed(status)
                : new Delivery.Refused(status);
        }
        catch (HttpRequestException unreached)
        {
            return new Delivery.Failed(unreached.GetBaseException().Message);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Delivery.Failed(FormattableString.Invariant($"no answer within {Patience.TotalSeconds} s"));
        }
    }

    // RFC 9110 §15.5.9, RFC 6585 §4, and whatever ails the server itself.
    private static bool IsForLater(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;
}
