using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Pointsman.Base;
using Pointsman.Health;

namespace Pointsman.Probes.Tests;

/// <summary>
/// Every checker against a server that accepts and is silent, drips a byte at a time, never ends, or resets: the check ends
/// within its limit, and says what it saw. (A wrong certificate is none to keepalived's SSL_GET, and none here.)
/// </summary>
public sealed class EveryCheckerHostileTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(1600);

    /// <summary>What a busy host may add.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(20);

    // The begin of a TLS record of sixteen thousand bytes, whose rest is dripped.
    private static readonly byte[] LongRecord = [0x16, 0x03, 0x03, 0x3f, 0xff];

    // TCP_CHECK is well as soon as it is connected, whatever comes then; a reset may come before that is known.
    [Theory]
    [InlineData("TCP_CHECK", "silent", "connected")]
    [InlineData("TCP_CHECK", "drips", "connected")]
    [InlineData("TCP_CHECK", "endless", "connected")]
    [InlineData("HTTP_GET", "silent", "no answer within 0.4 s")]
    [InlineData("HTTP_GET", "drips", "not answered in full within 1.6 s")]
    [InlineData("HTTP_GET", "endless", "its header is longer than 64 kB")]
    [InlineData("HTTP_GET", "resets", "connection reset")]
    [InlineData("SSL_GET", "silent", "no TLS handshake within 0.4 s")]
    [InlineData("SSL_GET", "drips", "no TLS handshake within 0.4 s")]
    [InlineData("SSL_GET", "endless", "TLS handshake failed")]
    [InlineData("SSL_GET", "resets", "connection reset")]
    [InlineData("SMTP_CHECK", "silent", "its greeting: no answer within 0.4 s")]
    [InlineData("SMTP_CHECK", "drips", "its greeting: no answer within 0.4 s")]
    [InlineData("SMTP_CHECK", "endless", "its greeting: a reply of more than")]
    [InlineData("SMTP_CHECK", "resets", "connection reset")]
    public async Task Stream(string checker, string manner, string says)
    {
        await using var server = new ScriptedServer((stream, stop) => manner switch
        {
            "silent" => Task.Delay(-1, stop),
            "drips" => DripAsync(checker, stream, stop),
            "endless" => EndlessAsync(checker, stream, stop),
            "resets" => ResetAsync(stream),
            _ => throw new UnreachableException(),
        });
        CheckMethod method = checker switch
        {
            "TCP_CHECK" => new CheckMethod.Tcp(),
            "HTTP_GET" => new CheckMethod.Http(HttpDialect.Http10, [new HttpPage("/")]),
            "SSL_GET" => new CheckMethod.Http(HttpDialect.Http10, [new HttpPage("/")], new TlsSettings()),
            "SMTP_CHECK" => new CheckMethod.Smtp("me.example"),
            _ => throw new UnreachableException(),
        };
        ProbeOutcome outcome = await AskAsync(method, server.Endpoint);
        Assert.StartsWith(says, outcome is ProbeOutcome.Success success ? success.What : outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DNS_CHECK", "silent", "no answer within 0.4 s")]
    [InlineData("DNS_CHECK", "endless", "no answer within 0.4 s")]
    [InlineData("DNS_CHECK", "refuses", "connection refused")]
    [InlineData("UDP_CHECK", "silent", "no answer within 0.4 s")]
    [InlineData("UDP_CHECK", "endless", "its answer begins with 00")]
    [InlineData("UDP_CHECK", "refuses", "connection refused")]
    public async Task Datagram(string checker, string manner, string says)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var stop = new CancellationTokenSource();
        var target = new TransportEndpoint(IpAddress.Parse("127.0.0.1"), (ushort)((IPEndPoint)server.LocalEndPoint!).Port);
        Task flood = manner == "endless" ? FloodAsync(server, stop.Token) : Task.CompletedTask;
        if (manner == "refuses")
        {
            server.Dispose();
        }

        CheckMethod method = checker == "DNS_CHECK" ? new CheckMethod.Dns(6, ".") : new CheckMethod.Udp([1, 2], new UdpReply([9], [0]));
        ProbeOutcome outcome = await AskAsync(method, target);
        await stop.CancelAsync();
        await flood;
        Assert.StartsWith(says, outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("trap '' TERM; while :; do printf x; done")]
    [InlineData("sleep 1000 & sleep 1000")]
    public async Task Script_ThatNeverEnds(string script)
    {
        var method = new CheckMethod.Script(["/bin/sh", "-c", script], null, null, Timeout, IsDynamic: false);
        ProbeOutcome outcome = await AskAsync(method, new TransportEndpoint(IpAddress.Parse("127.0.0.1"), 1));
        Assert.StartsWith("timed_out", outcome.Reason, StringComparison.Ordinal);
    }

    private static async Task<ProbeOutcome> AskAsync(CheckMethod method, TransportEndpoint target)
    {
        var watch = Stopwatch.StartNew();
        ProbeOutcome outcome = await Prober.RunAsync(
            new ProbeRequest(method, target, Timeout) { Limit = Limit }, new ScriptSecurity(_ => { }), TestContext.Current.CancellationToken);
        Assert.True(watch.Elapsed < Limit + Slack, $"it took {watch.Elapsed}");
        return outcome;
    }

    // For HTTP a header that grows and grows; for the others whatever they wait for.
    private static async Task DripAsync(string checker, Stream stream, CancellationToken stop)
    {
        await stream.WriteAsync(checker switch { "SSL_GET" => LongRecord, "HTTP_GET" => "HTTP/1.0 200 OK\r\nX: "u8.ToArray(), _ => "2"u8.ToArray() }, stop);
        while (true)
        {
            await Task.Delay(50, stop);
            await stream.WriteAsync("x"u8.ToArray(), stop);
        }
    }

    private static async Task EndlessAsync(string checker, Stream stream, CancellationToken stop)
    {
        byte[] piece = Encoding.ASCII.GetBytes(checker == "SMTP_CHECK" ? "220-x\r\n" : $"X: {new string('y', 1000)}\r\n");
        while (true)
        {
            await stream.WriteAsync(piece, stop);
        }
    }

    private static Task ResetAsync(Stream stream)
    {
        Socket socket = ((NetworkStream)stream).Socket;
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
        return Task.CompletedTask;
    }

    private static async Task FloodAsync(Socket server, CancellationToken stop)
    {
        var buffer = new byte[100];
        SocketReceiveFromResult asked = await server.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), stop);
        while (!stop.IsCancellationRequested)
        {
            await server.SendToAsync(new byte[40], asked.RemoteEndPoint, CancellationToken.None);
            await Task.Delay(1, CancellationToken.None);
        }
    }
}
