using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Pointsman.Base;
using Pointsman.Health;

namespace Pointsman.Probes.Tests;

public sealed class ProbeRunnerTests
{
    private readonly Channel<(ProbeId Id, ProbeOutcome Outcome)> _posted = Channel.CreateUnbounded<(ProbeId, ProbeOutcome)>();

    [Fact]
    public async Task ManyProbes_EachGivesOneOutcomeWithItsOwnId()
    {
        using Socket listener = TcpProbeTests.Listen(IPAddress.Loopback);
        await using var runner = new ProbeRunner(Post, new ScriptSecurity(_ => { }), concurrency: 4);
        for (int i = 0; i < 100; i++)
        {
            runner.Start(Probe(i, TcpProbeTests.EndpointOf(listener)));
        }

        List<int> checks = [];
        for (int i = 0; i < 100; i++)
        {
            (ProbeId id, ProbeOutcome outcome) = await NextAsync();
            Assert.IsType<ProbeOutcome.Success>(outcome);
            checks.Add(id.Check);
        }

        Assert.Equal(Enumerable.Range(0, 100), checks.Order());
    }

    // On this host a connection is there before connect() returns. Whoever starts probes empties the queue that outcomes go
    // to, and would wait for itself if it is full.
    [Fact]
    public async Task OutcomeThatIsThereAtOnce_IsNotPostedByTheCaller()
    {
        using Socket listener = TcpProbeTests.Listen(IPAddress.Loopback);
        var posting = Channel.CreateUnbounded<Thread>();
        await using var runner = new ProbeRunner((_, _) => posting.Writer.TryWrite(Thread.CurrentThread), new ScriptSecurity(_ => { }));
        var caller = new Thread(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                runner.Start(Probe(i, TcpProbeTests.EndpointOf(listener)));
            }
        });
        caller.Start();
        for (int i = 0; i < 200; i++)
        {
            Thread posted = await posting.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            Assert.NotSame(caller, posted);
        }

        caller.Join();
    }

    [Fact]
    public async Task Places_AllTaken_NextProbeWaitsForOne()
    {
        using FullBacklog hung = await FullBacklog.StartAsync();
        using Socket good = TcpProbeTests.Listen(IPAddress.Loopback);
        await using var runner = new ProbeRunner(Post, new ScriptSecurity(_ => { }), concurrency: 1);

        runner.Start(Probe(1, hung.Endpoint, TimeSpan.FromMilliseconds(200)));
        runner.Start(Probe(2, TcpProbeTests.EndpointOf(good)));

        Assert.Equal((new ProbeId(1, 1), new ProbeOutcome.TimedOut()), await NextAsync());
        Assert.Equal(2, (await NextAsync()).Id.Check);
    }

    [Fact]
    public async Task Stopped_WhileProbing_EndsSoonAndSaysNothing()
    {
        using FullBacklog hung = await FullBacklog.StartAsync();
        var runner = new ProbeRunner(Post, new ScriptSecurity(_ => { }), concurrency: 2);
        for (int i = 0; i < 10; i++)
        {
            runner.Start(Probe(i, hung.Endpoint, TimeSpan.FromMinutes(10)));
        }

        await runner.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.False(_posted.Reader.TryRead(out _));
    }

    private static HealthAction.StartProbe Probe(int check, TransportEndpoint target, TimeSpan? timeout = null) =>
        new(new ProbeId(check, 1), Requests.Tcp(target, timeout ?? TimeSpan.FromSeconds(10)));

    private void Post(ProbeId id, ProbeOutcome outcome) => _posted.Writer.TryWrite((id, outcome));

    private async Task<(ProbeId Id, ProbeOutcome Outcome)> NextAsync() => await _posted.Reader
        .ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
}
