using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Pointsman.Base;

namespace Pointsman.Control.Tests;

/// <summary>Clients that send anything, or nothing, or do not listen: the server answers each, bounds all, and goes on.</summary>
public sealed class HostileClientTests : IAsyncLifetime
{
    private static readonly byte[] Valid = """{"verb":"status","arguments":["a","b"]}"""u8.ToArray();

    private readonly string _directory = Directory.CreateTempSubdirectory("pointsman-hostile-").FullName;
    private readonly List<Exception> _faults = [];
    private ControlServer? _server;

    private string SocketPath => Path.Combine(_directory, "control.sock");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Requests_OfRandomBytes_AreEachAnsweredWithOneLineOfJson()
    {
        Start();
        var random = new Prng(7);
        for (int i = 0; i < 400; i++)
        {
            AssertAnswered(RandomBytes(random, random.NextInt(300)));
        }
    }

    [Fact]
    public void Requests_WithRandomDamage_AreEachAnsweredWithOneLineOfJson()
    {
        Start();
        var random = new Prng(8);
        for (int i = 0; i < 400; i++)
        {
            byte[] damaged = [.. Valid, .. "\n"u8];
            for (int hits = 1 + random.NextInt(3); hits > 0; hits--)
            {
                damaged[random.NextInt(damaged.Length)] = (byte)random.NextInt(256);
            }

            AssertAnswered(damaged);
        }
    }

    [Fact]
    public void Request_CutShortAnywhere_IsRefused()
    {
        Start();
        for (int length = 0; length < Valid.Length; length++)
        {
            Assert.Contains("bad-request", Answer(Valid.AsSpan(0, length)), StringComparison.Ordinal);
        }

        Assert.Contains("\"ok\":true", Answer(Valid), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"verb":"status","verb":"status"}""")]
    [InlineData("""{"verb":"status","arguments":[null]}""")]
    [InlineData("""{"verb":"status","more":1e99999}""")]
    [InlineData("""{"verb":"\ud800"}""")]
    [InlineData("""{"verb":"status","arguments":null}""")]
    public void Request_OddJson_IsAnswered(string line) => AssertAnsweredAfterStart(Encoding.UTF8.GetBytes(line + "\n"));

    [Fact]
    public void Request_DeeplyNested_IsAnswered() =>
        AssertAnsweredAfterStart([.. """{"verb":"status","arguments":"""u8, .. Enumerable.Repeat((byte)'[', 8000), (byte)'\n']);

    [Fact]
    public async Task Client_DripsItsLine_IsSentAwayAfterItsTimeNotAfterItsLastByte()
    {
        Start(new ControlLimits { IdleTimeout = TimeSpan.FromMilliseconds(300) });
        using Socket client = new RawClient(SocketPath).Connect();
        using var dripping = new CancellationTokenSource(RawClient.Limit);
        Task drip = DripAsync(client, dripping.Token);

        var answer = new byte[256];
        int received = await client.ReceiveAsync(answer, TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(RawClient.Limit, TestContext.Current.CancellationToken);
        await dripping.CancelAsync();
        await drip;

        Assert.Contains("too-slow", Encoding.UTF8.GetString(answer, 0, received), StringComparison.Ordinal);
    }

    [Fact]
    public void Client_NeverReadsItsAnswer_LosesItsPlaceToOthers()
    {
        Start(new ControlLimits { Clients = 1, IdleTimeout = TimeSpan.FromMilliseconds(300) });
        using Socket deaf = new RawClient(SocketPath).Connect();
        deaf.Send("{\"verb\":\"much\"}\n"u8);

        Assert.True(SpinWait.SpinUntil(() => Answer("{\"verb\":\"status\"}\n"u8).Contains("busy", StringComparison.Ordinal), RawClient.Limit));
        Assert.True(SpinWait.SpinUntil(() => Answer("{\"verb\":\"status\"}\n"u8).Contains("\"ok\":true", StringComparison.Ordinal), RawClient.Limit));
    }

    [Fact]
    public void Client_SendsMoreAfterItsLine_OnlyTheFirstIsCarriedOut()
    {
        Start();

        string answer = Answer("{\"verb\":\"status\"}\n{\"verb\":\"status\"}\n{\"verb\":\"status\"}\n"u8);

        Assert.Equal(answer.Length - 1, answer.IndexOf('\n', StringComparison.Ordinal));
    }

    private static async Task DripAsync(Socket client, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await client.SendAsync(" "u8.ToArray(), stop);
                await Task.Delay(20, stop);
            }
        }
        catch (Exception ended) when (ended is SocketException or OperationCanceledException)
        {
            // The server hung up, or the test is over.
        }
    }

    private static ValueTask<ControlReply> Handle(ControlRequest request, CancellationToken cancellation) =>
        ValueTask.FromResult(request.Verb == "much"
            ? ControlReply.Error("much", new string('x', 8_000_000))
            : ControlReply.Ok("fine", ControlTestJson.Default.String));

    private void Start(ControlLimits? limits = null) => _server = ControlServer.Start(SocketPath, Handle, _faults.Add, limits);

    private void AssertAnsweredAfterStart(byte[] request)
    {
        Start();
        AssertAnswered(request);
        Assert.Contains("\"ok\":true", Answer(Valid), StringComparison.Ordinal);
    }

    private void AssertAnswered(ReadOnlySpan<byte> request)
    {
        using JsonDocument answer = JsonDocument.Parse(Answer(request));
        Assert.True(answer.RootElement.TryGetProperty("ok", out _), Encoding.UTF8.GetString(request));
        Assert.Empty(_faults);
    }

    private static byte[] RandomBytes(Prng random, int count) => [.. Enumerable.Range(0, count).Select(_ => (byte)random.NextInt(256))];

    private string Answer(ReadOnlySpan<byte> request) => new RawClient(SocketPath).TalkAndClose(request);
}
