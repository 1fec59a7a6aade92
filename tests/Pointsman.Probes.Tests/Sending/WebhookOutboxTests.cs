using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pointsman.Probes.Sending;

namespace Pointsman.Probes.Tests.Sending;

public sealed class WebhookOutboxTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<string> _log = [];
    private readonly ConcurrentQueue<string> _heard = [];
    private volatile int _status = 200;

    [Fact]
    public async Task Event_IsPostedAsJson()
    {
        await using ScriptedServer server = Listen();
        await using WebhookOutbox outbox = Open(server);
        outbox.Send(new Webhook("RS a b DOWN", "{\"state\":\"DOWN\"}"));

        await UntilAsync(() => outbox.Figures.Sent == 1);
        string request = Assert.Single(_heard);
        Assert.StartsWith("POST /hook?x=1 HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json; charset=utf-8\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n{\"state\":\"DOWN\"}", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    public async Task ServerInTrouble_IsTriedAgain(int status)
    {
        _status = status;
        await using ScriptedServer server = Listen();
        await using WebhookOutbox outbox = Open(server);
        outbox.Send(new Webhook("x", "{}"));
        await UntilAsync(() => outbox.Figures.Failures >= 2);
        Assert.Equal($"http://127.0.0.1:{server.Endpoint.Port} answers {status}", outbox.Figures.LastError);

        _status = 204;
        await UntilAsync(() => outbox.Figures is { Sent: 1, Waiting: 0 });
    }

    [Theory]
    [InlineData(404)]
    [InlineData(302)]
    public async Task ServerThatDoesNotWantIt_IsNotAskedAgain(int status)
    {
        _status = status;
        await using ScriptedServer server = Listen();
        await using WebhookOutbox outbox = Open(server);
        outbox.Send(new Webhook("x", "{}"));

        await UntilAsync(() => outbox.Figures is { Dropped: 1, Waiting: 0 });
        Assert.Equal($"Webhook: http://127.0.0.1:{server.Endpoint.Port} answers {status}; not tried again: `x`", Assert.Single(_log));
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        var waited = Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.True(waited.Elapsed < Bound, "it did not come about in time");
            await Task.Delay(5);
        }
    }

    private ScriptedServer Listen() => new(async (stream, stop) =>
    {
        string head = await ScriptedServer.ReadHeadAsync(stream, stop);
        int at = head.IndexOf("Content-Length: ", StringComparison.Ordinal) + "Content-Length: ".Length;
        var body = new byte[int.Parse(head.AsSpan(at, head.IndexOf('\r', at) - at), CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, stop);
        _heard.Enqueue(head + Encoding.UTF8.GetString(body));
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {_status} x\r\nLocation: /y\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), stop);
    });

    private WebhookOutbox Open(ScriptedServer server) =>
        new(_log.Enqueue, new OutboxLimits { FirstPause = TimeSpan.FromMilliseconds(20), LongestPause = TimeSpan.FromMilliseconds(50) })
        {
            Target = new Uri($"http://127.0.0.1:{server.Endpoint.Port}/hook?x=1"),
        };
}
