using Pointsman.Base;
using Pointsman.Health;

namespace Pointsman.Probes.Tests;

public sealed class PingProbeTests
{
    [Fact]
    public async Task ThisHost_AnswersItsOwnEcho()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "raw sockets need root");

        ProbeOutcome outcome = await AskAsync("127.0.0.1");

        Assert.Equal("echo", Assert.IsType<ProbeOutcome.Success>(outcome).What);
    }

    [Fact]
    public async Task AnotherHost_ThatIsNotThere_IsSilentOrUnreachable()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "raw sockets need root");

        Assert.False((await AskAsync("192.0.2.77")).IsSuccess);
    }

    [Fact]
    public void Echo_HasAChecksumThatAddsUp() =>
        Assert.Equal(0, InternetChecksum.Compute(PingProbe.Write(isV4: true)));

    private static Task<ProbeOutcome> AskAsync(string address) => PingProbe.RunAsync(
        new ProbeRequest(new CheckMethod.Ping(), new TransportEndpoint(IpAddress.Parse(address), 80), TimeSpan.FromMilliseconds(500)));
}
