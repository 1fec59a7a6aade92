using System.Text;
using Pointsman.Health;

namespace Pointsman.Probes.Tests;

public sealed class SmtpProbeTests
{
    [Fact]
    public async Task Server_ThatGreetsAndTakesHelo_IsWell()
    {
        var heard = new List<string>();
        await using ScriptedServer server = Talking(heard, "220-mail\r\n220 mail ESMTP\r\n", "250-mail\r\n250 SIZE\r\n", "221 bye\r\n");

        ProbeOutcome outcome = await AskAsync(server);

        Assert.Equal("greeted by `220 mail ESMTP`", Assert.IsType<ProbeOutcome.Success>(outcome).What);
        Assert.Equal(["HELO me.example\r\n", "QUIT\r\n"], heard);
    }

    [Theory]
    [InlineData("554 no\r\n", "250 x\r\n", "its greeting: 554 no, expected 220")]
    [InlineData("220 x\r\n", "501 who?\r\n", "HELO me.example: 501 who?, expected 250")]
    [InlineData("HTTP/1.0 400 \u0001\r\n", "", "its greeting: HTTP/1.0 400 ., expected 220")]
    [InlineData("", "", "its greeting: it hung up, expected 220")]
    public async Task Server_ThatSaysSomethingElse_IsQuoted(string greeting, string answer, string reason)
    {
        await using ScriptedServer server = Talking([], greeting, answer, "221 x\r\n");

        Assert.Equal(reason, (await AskAsync(server)).Reason);
    }

    [Fact]
    public async Task Server_SilentAfterHelo_IsSaidToBe()
    {
        await using var server = new ScriptedServer(async (stream, stop) =>
        {
            await stream.WriteAsync("220 x\r\n"u8.ToArray(), stop);
            await Task.Delay(Timeout.Infinite, stop);
        });

        Assert.Equal("HELO me.example: no answer within 0.3 s", (await AskAsync(server, TimeSpan.FromMilliseconds(300))).Reason);
    }

    [Fact]
    public async Task Server_ThatNeverEndsItsGreeting_IsGivenUp()
    {
        await using var server = new ScriptedServer(async (stream, stop) =>
        {
            while (true)
            {
                await stream.WriteAsync("220-more and more\r\n"u8.ToArray(), stop);
            }
        });

        Assert.False((await AskAsync(server)).IsSuccess);
    }

    private static ScriptedServer Talking(List<string> heard, params string[] lines) => new(async (stream, stop) =>
    {
        var buffer = new byte[512];
        for (int i = 0; i < lines.Length && lines[i].Length > 0; i++)
        {
            if (i > 0)
            {
                heard.Add(Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, stop)));
            }

            await stream.WriteAsync(Encoding.Latin1.GetBytes(lines[i]), stop);
        }
    });

    private static Task<ProbeOutcome> AskAsync(ScriptedServer server, TimeSpan? timeout = null)
    {
        var method = new CheckMethod.Smtp("me.example");
        TimeSpan patience = timeout ?? TimeSpan.FromSeconds(10);
        return SmtpProbe.RunAsync(new ProbeRequest(method, server.Endpoint, patience) { Limit = 4 * patience }, method)
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }
}
