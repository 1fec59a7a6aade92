using System.Security.Cryptography;
using System.Text;
using Pointsman.Health;
using Pointsman.Probes.Http;

namespace Pointsman.Probes.Tests;

public sealed class HttpProbeTests
{
    private const string Ok = "HTTP/1.0 200 OK\r\nServer: x\r\n\r\nhello\n";

    [Theory]
    [InlineData(HttpDialect.Http10, "GET /a?b HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: www.example:81\r\n\r\n")]
    [InlineData(HttpDialect.Http10Close, "GET /a?b HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: www.example:81\r\n\r\n")]
    [InlineData(HttpDialect.Http11, "GET /a?b HTTP/1.1\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: www.example:81\r\n\r\n")]
    public async Task Request_IsKeepalivedsOwn(HttpDialect dialect, string expected)
    {
        await using ScriptedServer server = ScriptedServer.Answering(Ok);

        ProbeOutcome outcome = await AskAsync(server, new HttpPage("/a?b") { Host = "www.example:81" }, dialect);

        Assert.IsType<ProbeOutcome.Success>(outcome);
        Assert.Equal(expected, server.Request);
    }

    [Fact]
    public async Task NoVirtualhost_HostIsTheTarget()
    {
        await using ScriptedServer server = ScriptedServer.Answering(Ok);

        await AskAsync(server, new HttpPage("/"));

        Assert.Contains($"\r\nHost: {server.Endpoint}\r\n", server.Request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n", "status 200")]
    [InlineData("HTTP/1.1 204\n\n", "status 204")]
    [InlineData("HTTP/1.0 299 Odd\r\n\r\n", "status 299")]
    [InlineData("HTTP/1.0 301 Moved\r\n\r\n", "status 301, expected 200-299")]
    [InlineData("HTTP/1.0 503 Busy\r\n\r\n", "status 503, expected 200-299")]
    [InlineData("HTTP/1.0 2000 OK\r\n\r\n", "its answer is not HTTP")]
    [InlineData("220 mail ESMTP\r\n\r\n", "its answer is not HTTP")]
    [InlineData("", "it hung up before the header of an answer was complete")]
    [InlineData("HTTP/1.0 200 OK\r\nServer: x\r\n", "it hung up before the header of an answer was complete")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nhello", "status 200 (5 of 9 bytes)")]
    public async Task Status_DecidesAndIsTold(string answer, string told)
    {
        await using ScriptedServer server = ScriptedServer.Answering(answer);

        ProbeOutcome outcome = await AskAsync(server, new HttpPage("/"));

        Assert.Equal(told, Told(outcome));
        Assert.Equal(told.StartsWith("status 2", StringComparison.Ordinal), outcome.IsSuccess);
    }

    [Fact]
    public async Task StatusCodes_GivenAsRanges_AreTheOnlyGoodOnes()
    {
        await using ScriptedServer server = ScriptedServer.Answering("HTTP/1.0 401 No\r\n\r\n");
        var page = new HttpPage("/") { StatusCodes = [new HttpStatusRange(200, 204), new HttpStatusRange(401, 401)] };

        Assert.True((await AskAsync(server, page)).IsSuccess);
        Assert.Equal("status 401, expected 200-204", Told(await AskAsync(server, page with { StatusCodes = [page.StatusCodes[0]] })));
    }

    [Fact]
    public async Task Digest_IsThatOfTheBody()
    {
        string good = Md5("hello\n");
        await using ScriptedServer server = ScriptedServer.Answering(Ok);

        Assert.True((await AskAsync(server, new HttpPage("/") { Digest = good })).IsSuccess);

        string other = Md5("hello");
        Assert.Equal($"digest {good}, expected {other}", Told(await AskAsync(server, new HttpPage("/") { Digest = other })));
    }

    [Fact]
    public async Task Digest_EndsWithContentLength()
    {
        await using ScriptedServer server = ScriptedServer.Answering("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello and more");

        Assert.True((await AskAsync(server, new HttpPage("/") { Digest = Md5("hello") })).IsSuccess);
    }

    [Fact]
    public async Task StatusIsWrong_DigestIsRight_StatusDecides()
    {
        await using ScriptedServer server = ScriptedServer.Answering("HTTP/1.0 404 No\r\n\r\nhello");

        Assert.Equal("status 404, expected 200-299", Told(await AskAsync(server, new HttpPage("/") { Digest = Md5("hello") })));
    }

    [Theory]
    [InlineData("^h.llo$", "multiline", false, 0, null, true)]
    [InlineData("HELLO", "", false, 0, null, false)]
    [InlineData("HELLO", "caseless", false, 0, null, true)]
    [InlineData("hello", "", true, 0, null, false)]
    [InlineData("nothing", "", true, 0, null, true)]
    [InlineData("l", "", false, 4, null, false)]
    [InlineData("o", "", false, 4, 4, true)]
    [InlineData("o", "", false, 0, 3, false)]
    [InlineData("h", "", false, 99, null, false)]
    public async Task Pattern_IsSearchedForInTheBody(
        string pattern, string options, bool mustNot, int least, int? most, bool isGood)
    {
        await using ScriptedServer server = ScriptedServer.Answering(Ok);
        var page = new HttpPage("/") { Pattern = new BodyPattern(pattern, options, mustNot, least, most) };

        ProbeOutcome outcome = await AskAsync(server, page);

        Assert.Equal(isGood, outcome.IsSuccess);
        Assert.Equal(isGood ? "status 200" : mustNot
            ? $"its answer holds `{pattern}`, which it must not"
            : $"its answer does not hold `{pattern}`", Told(outcome));
    }

    [Fact]
    public async Task Pattern_ThatIsNone_SaysSo()
    {
        await using ScriptedServer server = ScriptedServer.Answering(Ok);

        ProbeOutcome outcome = await AskAsync(server, new HttpPage("/") { Pattern = new BodyPattern("a(b") });

        Assert.Equal("the check could not run: regex: missing closing parenthesis, at byte 3", outcome.Reason);
    }

    [Fact]
    public async Task SeveralPages_EachIsAskedForItself_AndAFailureNamesItsOwn()
    {
        await using ScriptedServer server = ScriptedServer.Answering("HTTP/1.0 500 Oh\r\n\r\n");
        var method = new CheckMethod.Http(HttpDialect.Http10, [new HttpPage("/a"), new HttpPage("/b")]);
        var request = new ProbeRequest(method, server.Endpoint, TimeSpan.FromSeconds(10)) { Step = 1 };

        ProbeOutcome outcome = await HttpProbe.RunAsync(request, method);

        Assert.StartsWith("GET /b ", server.Request, StringComparison.Ordinal);
        Assert.Equal("/b: status 500, expected 200-299", outcome.Reason);
    }

    [Fact]
    public async Task Tls_AnyCertificate_IsGoodEnough()
    {
        await using ScriptedServer server = ScriptedServer.AnsweringByTls(Ok);

        ProbeOutcome outcome = await AskAsync(server, new HttpPage("/") { Digest = Md5("hello\n") }, tls: new TlsSettings());

        // It expired long ago, which clients will mind: the check says so, and is as keepalived's.
        Assert.True(outcome.IsSuccess);
        Assert.StartsWith("status 200 (its certificate expired on 20", Told(outcome), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("web.example")]
    [InlineData(null)]
    public async Task Tls_NameIsToldOnlyIfGiven(string? name)
    {
        string? told = "not asked";
        await using ScriptedServer server = ScriptedServer.AnsweringByTls(Ok, seen => told = seen);

        Assert.True((await AskAsync(server, new HttpPage("/") { SniName = name }, tls: new TlsSettings())).IsSuccess);
        Assert.Equal(name ?? "", told ?? "");
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, true)]
    [InlineData(false, false, true)]
    [InlineData(false, true, false)]
    public async Task Tls_NotClosedInOrder_IsAFaultOnlyIfAsked(bool closes, bool mustClose, bool isGood)
    {
        await using ScriptedServer server = ScriptedServer.AnsweringByTls(Ok, closesTls: closes);

        ProbeOutcome outcome = await AskAsync(server, new HttpPage("/"), tls: new TlsSettings(mustClose));

        Assert.Equal(isGood, outcome.IsSuccess);
        Assert.StartsWith(isGood ? "status 200" : "it hung up without closing TLS (tls_compliant)", Told(outcome), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_AskedOfAPlainServer_Fails()
    {
        await using ScriptedServer server = ScriptedServer.Answering(Ok);

        ProbeOutcome outcome = await AskAsync(server, new HttpPage("/"), tls: new TlsSettings(), timeout: TimeSpan.FromMilliseconds(300));

        Assert.False(outcome.IsSuccess);
    }

    internal static async Task<ProbeOutcome> AskAsync(
        ScriptedServer server, HttpPage page, HttpDialect dialect = HttpDialect.Http10, TlsSettings? tls = null,
        TimeSpan? timeout = null, TimeSpan? limit = null)
    {
        var method = new CheckMethod.Http(dialect, [page], tls);
        TimeSpan patience = timeout ?? TimeSpan.FromSeconds(10);
        return await HttpProbe.RunAsync(new ProbeRequest(method, server.Endpoint, patience) { Limit = limit ?? 3 * patience }, method)
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private static string Told(ProbeOutcome outcome) => outcome is ProbeOutcome.Success success ? success.What : outcome.Reason;

#pragma warning disable CA5351 // the digest keepalived.conf asks for
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.Latin1.GetBytes(text)));
#pragma warning restore CA5351
}
