using System.Diagnostics;
using System.Text;
using Pointsman.Health;

namespace Pointsman.Probes.Tests;

/// <summary>Whatever a server does, a check ends in time, with bounded memory, and says what happened.</summary>
public sealed class HostileHttpServerTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task SilentAfterAccepting_EndsAfterTheTimeout()
    {
        await using var server = new ScriptedServer((_, stop) => Task.Delay(Timeout.Infinite, stop));

        Assert.Equal("no answer within 0.3 s", (await AskAsync(server)).Reason);
    }

    [Fact]
    public async Task SilentInTheHandshake_EndsAfterTheTimeout()
    {
        await using var server = new ScriptedServer((_, stop) => Task.Delay(Timeout.Infinite, stop));

        Assert.Equal("no TLS handshake within 0.3 s", (await AskAsync(server, tls: new TlsSettings())).Reason);
    }

    [Fact]
    public async Task StopsInTheMiddleOfTheBody_EndsAfterTheTimeout()
    {
        await using var server = new ScriptedServer(async (stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.0 200 OK\r\n\r\nhalf"u8.ToArray(), stop);
            await Task.Delay(Timeout.Infinite, stop);
        });

        Assert.Equal("nothing more of the answer within 0.3 s", (await AskAsync(server)).Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n")]
    public async Task DripsOneByteAtATime_EndsAtTheLimit(string start)
    {
        await using var server = new ScriptedServer(async (stream, stop) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(start), stop);
            while (true)
            {
                await stream.WriteAsync("x"u8.ToArray(), stop);
                await Task.Delay(10, stop);
            }
        });
        long started = Stopwatch.GetTimestamp();

        ProbeOutcome outcome = await AskAsync(server, TimeSpan.FromSeconds(1.5), limit: TimeSpan.FromSeconds(2));

        Assert.Equal("not answered in full within 2 s", outcome.Reason);
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 1.9, 20);
    }

    [Fact]
    public async Task EndlessHeader_IsGivenUp()
    {
        await using var server = new ScriptedServer(async (stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.0 200 OK\r\n"u8.ToArray(), stop);
            while (true)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes("X-More: " + new string('y', 1000) + "\r\n"), stop);
            }
        });

        Assert.Equal("its header is longer than 64 kB", (await AskAsync(server, TimeSpan.FromSeconds(20))).Reason);
    }

    [Fact]
    public async Task EndlessBody_IsGivenUp()
    {
        var chunk = new byte[256 * 1024];
        await using var server = new ScriptedServer(async (stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.0 200 OK\r\n\r\n"u8.ToArray(), stop);
            while (true)
            {
                await stream.WriteAsync(chunk, stop);
            }
        });

        Assert.Equal("its answer is longer than 64 MB", (await AskAsync(server, TimeSpan.FromSeconds(20))).Reason);
    }

    [Fact]
    public async Task ResetsInsteadOfAnswering_IsAReset()
    {
        await using var server = new ScriptedServer((stream, _) =>
        {
            ((System.Net.Sockets.NetworkStream)stream).Socket.LingerState = new System.Net.Sockets.LingerOption(enable: true, seconds: 0);
            ((System.Net.Sockets.NetworkStream)stream).Socket.Close();
            return Task.CompletedTask;
        });

        ProbeOutcome outcome = await AskAsync(server, TimeSpan.FromSeconds(10));

        Assert.Equal("connection reset", outcome.Reason);
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: -5\r\n\r\nx")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length:\r\n\r\nx")]
    [InlineData("HTTP/1.0 200\r\nContent-Length: 1\n\nx")]
    public async Task LengthThatIsNone_IsNotBelieved(string answer)
    {
        await using ScriptedServer server = ScriptedServer.Answering(answer);

        Assert.True((await AskAsync(server, TimeSpan.FromSeconds(10))).IsSuccess);
    }

    [Fact]
    public async Task RandomBytes_NeverThrow()
    {
        var random = new Random(7);
        for (int i = 0; i < 200; i++)
        {
            var noise = new byte[random.Next(0, 400)];
            random.NextBytes(noise);
            string text = Encoding.Latin1.GetString(noise);
            await using ScriptedServer server = ScriptedServer.Answering(i % 2 == 0 ? text : "HTTP/1.1 200 OK\r\n" + text);

            await HttpProbeTests.AskAsync(server, new HttpPage("/") { Digest = "0", Pattern = new BodyPattern("(a+)+$") });
        }
    }

    [Fact]
    public async Task PatternThatExplodes_IsGivenUpAndSaysSo()
    {
        await using ScriptedServer server = ScriptedServer.Answering("HTTP/1.0 200 OK\r\n\r\n" + new string('a', 60) + "b");

        ProbeOutcome outcome = await HttpProbeTests.AskAsync(
            server, new HttpPage("/") { Pattern = new BodyPattern("(a+)+c", "no_start_optimize no_auto_possess") });

        Assert.Equal("the check could not run: regex: match limit exceeded", outcome.Reason);
    }

    private static Task<ProbeOutcome> AskAsync(ScriptedServer server, TimeSpan? timeout = null, TlsSettings? tls = null, TimeSpan? limit = null) =>
        HttpProbeTests.AskAsync(server, new HttpPage("/"), tls: tls, timeout: timeout ?? Short, limit: limit);
}
