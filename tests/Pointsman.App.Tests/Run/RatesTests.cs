using Pointsman.App.Run;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Control.Status;
using Pointsman.Dataplane;
using Pointsman.Dataplane.Tests;
using Pointsman.Engine;
using Pointsman.Engine.ByHand;

namespace Pointsman.App.Tests.Run;

/// <summary>What passes in a second: the sums of IPVS's estimator, of what the packet program counts, in the status.</summary>
public sealed class RatesTests
{
    private static readonly ServiceKey Service = new(TransportProtocol.Tcp, new TransportEndpoint(IpAddress.Parse("10.0.0.1"), 80));
    private static readonly TransportEndpoint Server = new(IpAddress.Parse("10.1.0.1"), 80);

    // By a quarter of the way to 100 each time; and back to nothing.
    [Fact]
    public void SameRateForLong_IsComeTo_AndLeftAgain()
    {
        long count = 0;
        var rates = Rates.Begin(Reading(count));
        Assert.Null(rates.Of(Service));
        var shown = new List<long>();
        foreach (int passes in Enumerable.Repeat(200, 8).Concat(Enumerable.Repeat(0, 8)))
        {
            rates = rates.Next(Reading(count += passes), Rates.Interval);
            shown.Add(rates.Of(Service)!.Value.PacketsIn);
            Assert.Equal(shown[^1], rates.Of(Service, Server)!.Value.PacketsIn);
        }

        Assert.Equal([25, 44, 58, 68, 76, 82, 87, 90, 67, 51, 38, 28, 21, 16, 12, 9], shown);
        for (int i = 0; i < 40; i++)
        {
            rates = rates.Next(Reading(count), Rates.Interval);
        }

        Assert.Equal(default(Counters), rates.Of(Service));
    }

    [Fact]
    public void EachFigure_HasItsOwn_AndTheTimeCounts()
    {
        Rates rates = Rates.Begin(Reading(0)).Next(Reading(new Counters(40, 400, 40_000, 80, 8_000)), TimeSpan.FromSeconds(4));
        Assert.Equal(new Counters(2, 25, 2500, 5, 500), rates.Of(Service));      // 2.5 goes down, as IPVS's
    }

    [Fact]
    public void CountersSetToZero_AreNoRate_AndWhatIsGoneHasNone()
    {
        Rates rates = Rates.Begin(Reading(1000)).Next(Reading(5), Rates.Interval);
        Assert.Equal(default(Counters), rates.Of(Service));
        rates = rates.Next(new CounterReading(new Dictionary<ServiceKey, Counters>(), new Dictionary<(ServiceKey, TransportEndpoint), Counters>()), Rates.Interval);
        Assert.Null(rates.Of(Service));
        Assert.Null(rates.Next(Reading(7), Rates.Interval).Of(Service, Server));
    }

    [Fact]
    public void Status_HasThemOfServicesAndServers()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "makes tables in the kernel: root only");
        using var plane = new TestPlane(4096);
        plane.Apply(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(2)]));
        using XdpDataplaneReader reader = XdpDataplaneReader.TryOpen(plane.Pins)!;
        var first = Rates.Begin(reader.ReadCounters());
        for (ushort port = 1; port <= 80; port++)
        {
            plane.Connect(port);
        }

        // What a server had that is gone stays the service's.
        plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        Rates rates = first.Next(reader.ReadCounters(), Rates.Interval);

        VirtualServerStatus status = Assert.Single(StatusOf(plane, rates).VirtualServers);
        Assert.Equal((10, 10, 400, 0, 0), Figures(status.Rates));
        Assert.Equal((5, 5, 200, 0, 0), Figures(Assert.Single(status.RealServers).Rates));
        status = Assert.Single(StatusOf(plane, first).VirtualServers);
        Assert.Null(status.Rates);
        Assert.Null(status.RealServers[0].Rates);
    }

    [Fact]
    public void Thread_ReadsWhatIsPinned_UntilItEnds()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "makes tables in the kernel: root only");
        using var plane = new TestPlane(4096);
        plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        var failures = new List<Exception>();
        using (var part = new RatePart(plane.Pins, TimeSpan.FromMilliseconds(10), failures.Add))
        {
            part.Start();
            Assert.True(SpinWait.SpinUntil(() => part.Now?.Of(TestPlane.Key) is not null, TimeSpan.FromSeconds(30)));
        }

        Assert.Empty(failures);
    }

    private static NodeStatus StatusOf(TestPlane plane, Rates rates)
    {
        Configuration configuration = HandPlan.Describe(plane.Plane.ReadPlan());
        DirectorSurvey survey = new DirectorEngine(configuration, (_, _) => false).Survey();
        var facts = new StatusFacts(new RunOptions(), survey, System.Collections.Immutable.ImmutableDictionary<string, string>.Empty, null, [], [], null, plane.Pins, [], 0, Instant.Zero, Instant.Zero) { Rates = rates };
        return StatusBuilder.Build(facts, plane.Plane.ReadSnapshot());
    }

    private static (long, long, long, long, long) Figures(RateStatus? rates) =>
        (rates!.Connections, rates.InPackets, rates.InBytes, rates.OutPackets, rates.OutBytes);

    private static CounterReading Reading(long packets) => Reading(new Counters(0, packets, 0));

    private static CounterReading Reading(Counters counters) => new(
        new Dictionary<ServiceKey, Counters> { [Service] = counters },
        new Dictionary<(ServiceKey, TransportEndpoint), Counters> { [(Service, Server)] = counters });
}
