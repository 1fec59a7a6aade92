using Pointsman.Balance;
using Pointsman.Balance.Connections;
using Pointsman.Balance.Schedulers;
using Pointsman.Base;
using ModelFlags = Pointsman.Balance.Connections.TcpFlags;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// Random lives of a service, packet by packet beside its model: the same verdicts, servers, states and counts.
/// </summary>
[Collection(PlaneCollection.Name)]
public sealed class ModelTests(SharedPlane shared)
{
    private const int ServerCount = 4;
    private readonly TestPlane _plane = shared.Fresh();

    public static TheoryData<SchedulerKind, int, bool, bool> Lives()
    {
        var lives = new TheoryData<SchedulerKind, int, bool, bool>();
        // twos draws: SchedulingTests has its share.
        foreach (SchedulerKind scheduler in Enum.GetValues<SchedulerKind>().Where(kind => kind != SchedulerKind.Twos))
        {
            for (int seed = 1; seed <= 3; seed++)
            {
                lives.Add(scheduler, seed, false, false);
                lives.Add(scheduler, seed, true, false);
                lives.Add(scheduler, seed, false, true);
                lives.Add(scheduler, seed, true, true);
            }
        }

        return lives;
    }

    [Theory]
    [MemberData(nameof(Lives))]
    public void RandomSegmentsAndWeights_DataPathAndModel_Agree(
        SchedulerKind scheduler, int seed, bool isPersistent, bool isV6)
    {
        var random = new Prng((ulong)seed);
        var model = new ServiceModel(
            scheduler,
            isPersistent ? new PersistenceRule(TimeSpan.FromSeconds(60), isV6 ? 128 : 32) { Gaps = GapsOf(seed) } : null,
            ConnectionTimeouts.Default,
            FlagsOf(seed),
            IpAddress.Parse(isV6 ? TestPlane.Vip6 : TestPlane.Vip));
        int[] weights = [1, 2, 3, 1];
        Instant now = Instant.Zero;
        for (int i = 0; i < ServerCount; i++)
        {
            var server = new WeightedServer(i + 1, weights[i]) { Address = ServerAddress(i + 1, isV6) };
            model.AddServer(server, LimitsOf(seed, i));
        }

        Apply(scheduler, isPersistent, weights, seed, isV6);
        for (int step = 0; step < 600; step++)
        {
            if (random.OneIn(40))
            {
                int changed = random.NextInt(ServerCount);
                // Always another one: an edit that changes nothing is none for a plan, but IPVS's wrr begins anew.
                weights[changed] = (weights[changed] + 1 + random.NextInt(3)) % 4;
                model.SetWeight(changed + 1, weights[changed]);
                Apply(scheduler, isPersistent, weights, seed, isV6);
            }
            else if (random.OneIn(100))
            {
                now += TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1);
                _plane.ExpireAll();
                Assert.Equal(model.Sweep(now), _plane.Sweep());
            }
            else
            {
                Compare(model, now, random, step, isV6);
            }
        }
    }

    private void Compare(ServiceModel model, Instant now, Prng random, int step, bool isV6)
    {
        int host = random.NextInt(6) + 1;
        string client = isV6 ? $"2001:db8:c:{host}::{host * 7}" : $"203.0.113.{host}";
        var port = (ushort)(1000 + random.NextInt(8));
        TcpFlags flags = random.NextInt(6) switch
        {
            0 or 1 => TcpFlags.Syn,
            2 or 3 => TcpFlags.Ack,
            4 => TcpFlags.Fin | TcpFlags.Ack,
            _ => TcpFlags.Rst,
        };
        var key = new FlowKey(IpAddress.Parse(client), port);
        ConnectionOutcome expected = model.OnSegment(now, key, TcpStateMachine.EventOf((ModelFlags)flags));

        Outcome outcome = _plane.Send(new Frame
        {
            Source = client,
            Target = isV6 ? TestPlane.Vip6 : TestPlane.Vip,
            SourcePort = port,
            Flags = flags,
        });

        switch (expected)
        {
            case ConnectionOutcome.Forwarded forwarded:
                Assert.Equal((step, "forwarded", forwarded.Server), (step, outcome.Verdict, outcome.Bytes[5]));
                break;
            case ConnectionOutcome.NoConnection:
                Assert.Equal((step, "no-connection"), (step, outcome.Verdict));
                break;
            case ConnectionOutcome.NoServer:
                Assert.Equal((step, "no-server-refused"), (step, outcome.Verdict));
                break;
            case ConnectionOutcome.ServerGone:
                Assert.Equal((step, "server-gone"), (step, outcome.Verdict));
                break;
            default:
                Assert.Fail($"the model says {expected}");
                break;
        }

        (int Active, int Inactive)[] loads = _plane.Loads();
        for (int i = 0; i < ServerCount; i++)
        {
            ServerLoad load = model.LoadOf(i + 1);
            Assert.Equal((step, i, load.Active, load.Inactive), (step, i, loads[i].Active, loads[i].Inactive));
        }
    }

    private static TransportEndpoint ServerAddress(int number, bool isV6)
    {
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, TestPlane.Server((byte)number));
        return (isV6 ? TestPlane.Six(service) : service).Servers[0].Address;
    }

    private void Apply(SchedulerKind scheduler, bool isPersistent, int[] weights, int seed, bool isV6)
    {
        PlannedService service = TestPlane.Service(
            scheduler,
            [.. weights.Select((weight, i) => TestPlane.Server((byte)(i + 1), weight) with
            {
                UpperThreshold = LimitsOf(seed, i).Upper,
                LowerThreshold = LimitsOf(seed, i).Lower,
            })])
            with
        {
            Persistence = isPersistent ? TimeSpan.FromSeconds(60) : null,
            PersistenceGaps = isV6 ? 0 : GapsOf(seed),
            Flags = FlagsOf(seed),
        };
        _plane.Apply(isV6 ? TestPlane.Six(service) : service);
    }

    private static ServiceFlags FlagsOf(int seed) => (ServiceFlags)(seed << 3);

    // Of a third of the lives some clients count as one with others: by what stands before the last bit.
    private static uint GapsOf(int seed) => seed == 3 ? 6u : 0;

    // Of a third of the lives two servers are bounded, in either way.
    private static ConnectionLimits LimitsOf(int seed, int server) => (seed, server) switch
    {
        (2, 0) => new ConnectionLimits(5, 0),
        (2, 2) => new ConnectionLimits(7, 3),
        _ => default,
    };
}
