using System.Diagnostics;
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

    // Its check would wait for ever for an outcome, and its server stay as it is.
    [Fact]
    public async Task ProbeFails_NobodyKnowsWhy_GivesAnOutcome_AndItsPlaceIsFree()
    {
        await using var runner = new ProbeRunner(Post, new ScriptSecurity(_ => { }), concurrency: 1);
        for (int i = 0; i < 3; i++)
        {
            HealthAction.StartProbe probe = Probe(i, new TransportEndpoint(IpAddress.Parse("127.0.0.1"), 1));
            runner.Start(probe with { Request = probe.Request with { Method = new CheckMethod.Script([null!], User: null, Group: null, TimeSpan.FromSeconds(1), IsDynamic: false) } });
            (ProbeId id, ProbeOutcome outcome) = await NextAsync();
            Assert.Equal(i, id.Check);
            Assert.Contains("NullReferenceException", Assert.IsType<ProbeOutcome.Error>(outcome).Detail, StringComparison.Ordinal);
        }
    }

    // Ten thousand servers: a change of threads for each check would cost more than the check. An outcome that is there at once is the
    // caller's to post, who must not wait for itself then: EventQueueTests.
    [Fact]
    public async Task Connection_IsBegunByTheCaller_WhoIsHeldUpByNone()
    {
        using Socket good = TcpProbeTests.Listen(IPAddress.Loopback);
        using FullBacklog hung = await FullBacklog.StartAsync();
        await using var runner = new ProbeRunner(Post, new ScriptSecurity(_ => { }));
        long held = 0;
        var caller = new Thread(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                long started = Stopwatch.GetTimestamp();
                runner.Start(Probe(i, i % 2 == 0 ? TcpProbeTests.EndpointOf(good) : hung.Endpoint, TimeSpan.FromSeconds(5)));
                held = Math.Max(held, Stopwatch.GetTimestamp() - started);
            }
        });
        caller.Start();
        caller.Join();
        Assert.InRange(TimeSpan.FromSeconds((double)held / Stopwatch.Frequency), TimeSpan.Zero, TimeSpan.FromSeconds(2));

        List<(ProbeId Id, ProbeOutcome Outcome)> ended = [];
        while (ended.Count < 200)
        {
            ended.Add(await NextAsync());
        }

        Assert.All(ended, probe => Assert.Equal(probe.Id.Check % 2 == 0, probe.Outcome.IsSuccess));
        Assert.All(ended.Where(probe => !probe.Outcome.IsSuccess), probe => Assert.IsType<ProbeOutcome.TimedOut>(probe.Outcome));
    }

    // A script is another process, and its start may take as long as a disk does. Before it is run it is looked at, and told of.
    [Fact]
    public async Task Script_IsNotBegunByTheCaller()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root's scripts are looked at");
        string script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, "#!/bin/sh\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(script, (UnixFileMode)0b111_111_111);
        Thread? looking = null;
        await using var runner = new ProbeRunner(Post, new ScriptSecurity(_ => looking = Thread.CurrentThread));
        var method = new CheckMethod.Script([script], "root", Group: null, TimeSpan.FromSeconds(20), IsDynamic: false);
        var caller = new Thread(() => runner.Start(new HealthAction.StartProbe(
            new ProbeId(1, 1), new ProbeRequest(method, default, TimeSpan.FromSeconds(20)))));
        caller.Start();
        caller.Join();

        Assert.True((await NextAsync()).Outcome.IsSuccess);
        Assert.NotNull(looking);
        Assert.NotSame(caller, looking);
        File.Delete(script);
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
        .ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
}
