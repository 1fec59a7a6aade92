using System.Net;
using System.Text;

namespace Pointsman.Probes.Sending;

/// <summary>Events on their way to one HTTP address, by POST.</summary>
public sealed class WebhookOutbox(Action<string> log, OutboxLimits limits) : ConfiguredOutbox<Webhook, Uri>("Webhook", "webhook", log, limits)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // A connection is not kept for long, so that a name that moves is looked up again.
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1),
    })
    {
        Timeout = Patience,
    };

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _client.Dispose();
    }

    private protected override async Task<Delivery> DeliverAsync(Webhook item, Uri target, CancellationToken stop)
    {
        try
        {
            using var body = new StringContent(item.Json, Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = body };
            using HttpResponseMessage answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            string status = $"{target.GetLeftPart(UriPartial.Authority)} answers {(int)answer.StatusCode}";
            return answer.IsSuccessStatusCode ? new Delivery.Done($"Webhook told: {item.What}")
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
