using Pointsman.Balance;
using Pointsman.Balance.Connections;
using Pointsman.Balance.Schedulers;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>lblc and lblcr: who serves an address is remembered, of a service by a mark for each address that is asked for.</summary>
[Collection(PlaneCollection.Name)]
public sealed class LocalityTests(SharedPlane shared)
{
    private const uint Mark = 0x00c0ffee;
    private const int ServerCount = 5;
    private const int AddressCount = 6;
    private readonly TestPlane _plane = shared.Fresh();
    private readonly byte[] _output = new byte[128];
    private ushort _port = 1000;

    public static TheoryData<SchedulerKind, int, bool, bool> Lives()
    {
        var lives = new TheoryData<SchedulerKind, int, bool, bool>();
        foreach (SchedulerKind scheduler in (SchedulerKind[])[SchedulerKind.Lblc, SchedulerKind.Lblcr])
        {
            for (int seed = 1; seed <= 2; seed++)
            {
                lives.Add(scheduler, seed, true, false);
                lives.Add(scheduler, seed, true, true);
                lives.Add(scheduler, seed, false, seed % 2 == 0);
            }
        }

        return lives;
    }

    /// <summary>Weights change, servers go down and come back, days pass: each choice is the model's.</summary>
    [Theory]
    [MemberData(nameof(Lives))]
    public void RandomLife_OfManyAddresses_DataPathAndModel_Agree(SchedulerKind scheduler, int seed, bool isMarked, bool isV6)
    {
        var random = new Prng((ulong)(seed * 100) + (isMarked ? 10u : 0) + (isV6 ? 1u : 0));
        var life = new Life(scheduler, isMarked, isV6, random.OneIn(2) ? 4 : 0);
        _plane.Apply(life.Service());
        Instant now = Instant.Zero;
        int chosen = 0;
        for (int step = 0; step < 800; step++)
        {
            if (random.OneIn(40))
            {
                life.Change(random);
                _plane.Apply(life.Service());
            }
            else if (random.OneIn(50))
            {
                // No sum of them is a day: the kernel's clock goes on a little, the model's does not.
                int hours = ((int[])[5, 5, 13, 13, 25])[random.NextInt(5)];
                now += TimeSpan.FromHours(hours);
                _plane.Age(TimeSpan.FromHours(hours));
                Assert.Equal((step, life.Model.Sweep(now)), (step, _plane.Sweep()));
            }
            else
            {
                (FlowKey key, Frame frame) = life.Packet(random);
                ConnectionOutcome expected = life.Model.OnSegment(now, key, TcpStateMachine.EventOf((Balance.Connections.TcpFlags)frame.Flags));
                int? server = expected is ConnectionOutcome.Forwarded forwarded ? forwarded.Server : null;
                Assert.Equal((step, server), (step, Sent(frame, isMarked)));
                chosen += server is null ? 0 : 1;
            }

            if (step % 25 == 0)
            {
                Assert.Equal(
                    Enumerable.Range(1, ServerCount).Select(life.Model.LoadOf).Select(load => (step, load.Active, load.Inactive)),
                    _plane.Loads().Select(load => (step, load.Active, load.Inactive)));
            }
        }

        Assert.InRange(chosen, 300, 800);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lblc_ByAMark_EachAddressKeepsItsServer_WhateverTheOthersGet(bool isV6)
    {
        _plane.Apply(Service(SchedulerKind.Lblc, isV6, [.. TestPlane.Servers(3).Select(server => server with { Weight = 100 })]));

        int?[] first = [.. Enumerable.Range(1, 6).Select(address => Ask(address, isV6))];

        Assert.Equal([3, 2, 1, 3, 2, 1], first);
        for (int round = 0; round < 10; round++)
        {
            Assert.Equal(3, Ask(1, isV6));
            Assert.Equal(3, Ask(4, isV6));
        }

        Assert.Equal(first, Enumerable.Range(1, 6).Select(address => Ask(address, isV6)));
    }

    [Fact]
    public void Lblc_ByAMarkOfEachFamily_RemembersApart()
    {
        _plane.Apply(Service(SchedulerKind.Lblc, isV6: false, TestPlane.Servers(2)), Service(SchedulerKind.Lblc, isV6: true, TestPlane.Servers(2)));

        Assert.Equal([2, 1], [Ask(1, isV6: false), Ask(2, isV6: false)]);
        Assert.Equal([2, 1], [Ask(2, isV6: true), Ask(1, isV6: true)]);
        Assert.Equal([2, 1], [Ask(1, isV6: false), Ask(2, isV6: false)]);
        Assert.Equal([1, 2], [Ask(1, isV6: true), Ask(2, isV6: true)]);
    }

    // Four are more than a server's weight of three while others have none: who is asked for much gets another, the other address does not.
    [Fact]
    public void Lblcr_ByAMark_OnlyTheAddressThatIsLoadedGetsMoreServers()
    {
        _plane.Apply(Service(SchedulerKind.Lblcr, isV6: false, [TestPlane.Server(1, weight: 1), TestPlane.Server(2, weight: 3), TestPlane.Server(3, weight: 3)]));

        Assert.Equal([3, 3, 3, 3], Enumerable.Range(0, 4).Select(_ => Ask(1, isV6: false)).ToArray());
        Assert.Equal(2, Ask(2, isV6: false));
        Assert.Equal([1, 1], Enumerable.Range(0, 2).Select(_ => Ask(1, isV6: false)).ToArray());
        Assert.Equal(2u, SetOf(1).Count);
        Assert.Equal(1u, SetOf(2).Count);
    }

    [Theory]
    [InlineData(SchedulerKind.Lblc, true)]
    [InlineData(SchedulerKind.Lblc, false)]
    [InlineData(SchedulerKind.Lblcr, true)]
    [InlineData(SchedulerKind.Lblcr, false)]
    public void NobodyAskedForADay_IsForgotten_AfterLessItIsNot(SchedulerKind scheduler, bool isMarked)
    {
        Remembered(scheduler, isMarked);

        for (int i = 0; i < 3; i++)
        {
            Pass(TimeSpan.FromHours(23));
            Assert.Equal(1, Ask(isMarked));
        }

        Pass(TimeSpan.FromHours(24));
        Assert.Equal(2, Ask(isMarked));
    }

    [Fact]
    public void Lblcr_SetThatIsUsedButDoesNotChange_LosesItsMostLoadedAfterADay()
    {
        _plane.Apply(Service(SchedulerKind.Lblcr, isV6: false, [TestPlane.Server(1, weight: 3), TestPlane.Server(2, weight: 3)]));
        Assert.Equal([2, 2, 2, 2, 1], Enumerable.Range(0, 5).Select(_ => Ask(1, isV6: false)));
        for (int i = 0; i < 2; i++)
        {
            Pass(TimeSpan.FromHours(13));
            Assert.Equal(2u, SetOf(1).Count);
            Ask(1, isV6: false);
        }

        Assert.Equal(1u, SetOf(1).Count);
    }

    [Theory]
    [InlineData(SchedulerKind.Lblc, true)]
    [InlineData(SchedulerKind.Lblc, false)]
    [InlineData(SchedulerKind.Lblcr, true)]
    [InlineData(SchedulerKind.Lblcr, false)]
    public void DaemonRestarts_ItIsStillKnown_ServiceOrSchedulerBeginsAnew_ItIsNot(SchedulerKind scheduler, bool isMarked)
    {
        PlannedService service = Remembered(scheduler, isMarked);
        _plane.Restart();
        _plane.Apply(service);
        Assert.Equal(1, Ask(isMarked));

        _plane.Apply(service with { Scheduler = SchedulerKind.Rr });
        _plane.Apply(service);
        // Three connections are with the first by now.
        Assert.Equal(2, Ask(isMarked));

        service = Remembered(scheduler, isMarked);
        _plane.Apply();
        _plane.Apply(service);
        Assert.Equal(2, Ask(isMarked));
    }

    [Theory]
    [InlineData(SchedulerKind.Lblc, true)]
    [InlineData(SchedulerKind.Lblc, false)]
    [InlineData(SchedulerKind.Lblcr, true)]
    [InlineData(SchedulerKind.Lblcr, false)]
    public void ServerIsRemoved_WhoGetsItsSlotIsNotTakenForIt_AndNoCountFalls(SchedulerKind scheduler, bool isMarked)
    {
        PlannedService service = Remembered(scheduler, isMarked);
        long connections = _plane.Read().Totals.Connections;
        _plane.Apply(service with { Servers = [service.Servers[1]] });
        _plane.ExpireAll();
        Aged(unused: -86_401);
        _plane.Sweep();
        _plane.Sweep();
        Assert.Equal(connections, _plane.Read().Totals.Connections);
        _plane.WithTables(tables => Assert.Single(tables.UsedSlots()));

        _plane.Apply(service with { Servers = [TestPlane.Server(3), service.Servers[1]] });

        Assert.Equal(2, Ask(isMarked));
        Assert.Equal(connections + 1, _plane.Read().Totals.Connections);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lblcr_OneOfASetIsRemoved_TheOthersStayInIt(bool isMarked)
    {
        PlannedService service = Marked(TestPlane.Service(SchedulerKind.Lblcr, TestPlane.Server(1, weight: 3), TestPlane.Server(2, weight: 3), TestPlane.Server(3, weight: 3)), isMarked);
        _plane.Apply(service);
        Assert.Equal([3, 3, 3, 3, 2], Enumerable.Range(0, 5).Select(_ => Ask(isMarked)));
        Assert.Equal(2u, SetOf(isMarked).Count);
        _plane.Apply(service with { Servers = [service.Servers[0], service.Servers[1]] });
        _plane.ExpireAll();
        Aged(unused: -86_401);

        _plane.Sweep();
        _plane.Sweep();

        PmSet left = SetOf(isMarked);
        Assert.Equal(1u, left.Count);
        _plane.WithTables(tables => Assert.Equal(service.Servers[1].Address.Address, IpAddress.FromV4Bits(tables.Servers[left.Members[0]].Rip.Value)));
    }

    [Fact]
    public void AsManyAddressesAsCanBeRemembered_TheOldestGiveWay_WhoIsAskedForStays()
    {
        _plane.Apply(Service(SchedulerKind.Lblc, isV6: false, [TestPlane.Server(1), TestPlane.Server(2, weight: 0)]));
        Assert.Equal(1, Ask(2, isV6: false));
        _plane.Apply(Service(SchedulerKind.Lblc, isV6: false, [TestPlane.Server(1, weight: 100), TestPlane.Server(2, weight: 100)]));

        for (uint others = 0; others < 2 * PmLimit.Destinations; others += 1024)
        {
            RememberOthers(others, 1024);
            if (others % 8192 == 0)
            {
                Assert.Equal(1, Ask(2, isV6: false));
            }
        }

        // Without connections they are equals, and the newest is wlc's.
        _plane.WithTables(tables =>
        {
            foreach (ref PmFlow flow in tables.Flows.Span)
            {
                flow.Expiry = (uint)tables.NowTicks() - 1;
            }
        });
        _plane.Sweep();
        Assert.Equal(2, Ask(1, isV6: false));
        Assert.Equal(1, Ask(2, isV6: false));
        Assert.Equal([1, 2], new[] { Ask(3, isV6: false), Ask(4, isV6: false) }.Order());
        Assert.Equal(2, Ask(1, isV6: false));
        Assert.Equal(1, Ask(2, isV6: false));
        HashSet<IpAddress> known = [.. Sets().Select(pair => pair.Destination.Address.Address)];
        Assert.InRange(known.Count, PmLimit.Destinations / 2, PmLimit.Destinations);
        Assert.DoesNotContain(Other(0), known);
        Assert.Contains(Other((2 * PmLimit.Destinations) - 1), known);
    }

    [Fact]
    public void AServerWithoutWeightOrOverloaded_IsNotTaken_ThoughItIsRemembered()
    {
        PlannedService service = Remembered(SchedulerKind.Lblcr, isMarked: true);
        _plane.Apply(service with { Servers = [service.Servers[0] with { Weight = 0 }, service.Servers[1]] });
        Assert.Equal(2, Ask(isMarked: true));
        _plane.Apply(service with { Servers = [service.Servers[0], service.Servers[1] with { UpperThreshold = 1 }] });
        Assert.Equal(2u, SetOf(1).Count);

        // Its one connection is as many as it may have.
        Ask(isMarked: true);
        Assert.Equal(1, Ask(isMarked: true));
    }

    private PlannedService Remembered(SchedulerKind scheduler, bool isMarked)
    {
        PlannedService service = Marked(TestPlane.Service(scheduler, TestPlane.Server(1), TestPlane.Server(2)), isMarked);
        _plane.Apply(service with { Servers = [service.Servers[0], service.Servers[1] with { Weight = 0 }] });
        Assert.Equal(1, Ask(isMarked));
        _plane.Apply(service);
        return service;
    }

    private static PlannedService Service(SchedulerKind scheduler, bool isV6, PlannedServer[] servers)
    {
        PlannedService service = TestPlane.Service(scheduler, [.. servers]);
        return (isV6 ? TestPlane.Six(service) : service) with
        {
            Key = ServiceKey.Of(TransportProtocol.Tcp, TransportEndpoint.OfMark(Mark, isV6 ? IpFamily.V6 : IpFamily.V4)),
        };
    }

    private static PlannedService Marked(PlannedService service, bool isMarked) => isMarked
        ? service with { Key = ServiceKey.Of(TransportProtocol.Tcp, TransportEndpoint.OfMark(Mark, IpFamily.V4)) }
        : service;

    private static string Address(int number, bool isV6) => isV6 ? $"2001:db8:9:{number}::1" : $"198.51.100.{number}";

    private int? Ask(bool isMarked) => isMarked ? Ask(1, isV6: false) : Sent(new Frame { SourcePort = _port++ }, isMarked: false);

    // The server of a new connection to that address.
    private int? Ask(int address, bool isV6) => Sent(
        new Frame { Source = isV6 ? "2001:db8:c::5" : "203.0.113.5", SourcePort = _port++, Target = Address(address, isV6) }, isMarked: true);

    private int? Sent(Frame frame, bool isMarked)
    {
        XdpRun run = isMarked ? _plane.RunMarked(frame, Mark, _output) : _plane.Run(frame.Build(), _output);
        return run.Action == XdpAction.Tx ? _output[5] : null;
    }

    private void Pass(TimeSpan time)
    {
        _plane.Age(time);
        _plane.Sweep();
    }

    // Of what is remembered alone.
    private void Aged(int unused) => _plane.WithTables(tables => TestPlane.AgeLocalities(tables, unchecked((ulong)(unused * (long)tables.TicksPerSecond))));

    private PmSet SetOf(int address) => Sets().Single(pair => pair.Destination.Address.Equals(new Be128(IpAddress.Parse(Address(address, isV6: false))))).Set;

    private PmSet SetOf(bool isMarked)
    {
        if (isMarked)
        {
            return SetOf(1);
        }

        PmSet found = default;
        _plane.WithTables(tables => found = tables.Sets.Span.ToArray().Single(set => set.Count > 0));
        return found;
    }

    private List<(PmDestination Destination, PmSet Set)> Sets()
    {
        List<(PmDestination, PmSet)> all = [];
        _plane.WithTables(tables => all = new LocalityRecords(tables, new WriteCount()).All());
        return all;
    }

    private static IpAddress Other(uint number) => IpAddress.FromV4Bits(0x0a000000 + number);

    private void RememberOthers(uint first, uint count)
    {
        (PmDestination known, PmSet set) = Sets()[0];
        _plane.WithTables(tables =>
        {
            for (uint other = first; other < first + count; other++)
            {
                tables.Destinations.Update(known with { Address = new Be128(Other(other)) }, set);
            }
        });
    }

    /// <summary>A service and its model.</summary>
    private sealed class Life
    {
        private readonly SchedulerKind _scheduler;
        private readonly bool _isMarked;
        private readonly bool _isV6;
        private readonly int _upper;
        private readonly int[] _weights = [1, 2, 3, 5, 9];
        private readonly bool[] _isUp = [true, true, true, true, true];

        internal Life(SchedulerKind scheduler, bool isMarked, bool isV6, int upper)
        {
            (_scheduler, _isMarked, _isV6, _upper) = (scheduler, isMarked, isV6, upper);
            Model = new ServiceModel(
                scheduler, persistence: null, ConnectionTimeouts.Default, virtualAddress: IpAddress.Parse(isV6 ? TestPlane.Vip6 : TestPlane.Vip));
            Add();
        }

        internal ServiceModel Model { get; }

        internal PlannedService Service()
        {
            PlannedServer[] servers = [.. _weights.Select((weight, i) => TestPlane.Server((byte)(i + 1), weight, _isUp[i]) with { UpperThreshold = UpperOf(i) })];
            PlannedService service = TestPlane.Service(_scheduler, [.. servers]);
            return _isMarked ? LocalityTests.Service(_scheduler, _isV6, servers) : _isV6 ? TestPlane.Six(service) : service;
        }

        internal void Change(Prng random)
        {
            int server = random.NextInt(ServerCount);
            if (random.OneIn(3))
            {
                // One that comes back keeps its place in a plan.
                for (int i = 0; i < ServerCount; i++)
                {
                    if (_isUp[i])
                    {
                        Model.RemoveServer(i + 1);
                    }
                }

                _isUp[server] = !_isUp[server];
                Add();
                return;
            }

            _weights[server] = random.OneIn(3) ? 0 : 1 + random.NextInt(12);
            if (_isUp[server])
            {
                Model.SetWeight(server + 1, _weights[server]);
            }
        }

        internal (FlowKey Key, Frame Frame) Packet(Prng random)
        {
            int host = random.NextInt(6) + 1;
            int address = random.NextInt(AddressCount) + 1;
            string client = _isV6 ? $"2001:db8:c:{host}::{host * 7}" : $"203.0.113.{host}";
            string target = _isMarked ? Address(address, _isV6) : _isV6 ? TestPlane.Vip6 : TestPlane.Vip;
            var port = (ushort)(1000 + random.NextInt(20));
            // Without resets: the kernel's clock goes on, and what they leave is over after ten seconds.
            TcpFlags flags = random.NextInt(8) switch
            {
                < 5 => TcpFlags.Syn,
                5 or 6 => TcpFlags.Ack,
                _ => TcpFlags.Fin | TcpFlags.Ack,
            };
            var key = new FlowKey(IpAddress.Parse(client), port)
            {
                Asked = _isMarked ? new TransportEndpoint(IpAddress.Parse(target), 80) : null,
            };
            return (key, new Frame { Source = client, Target = target, SourcePort = port, Flags = flags });
        }

        private int UpperOf(int server) => server == 3 ? _upper : 0;

        private void Add()
        {
            for (int i = 0; i < ServerCount; i++)
            {
                if (_isUp[i])
                {
                    Model.AddServer(new WeightedServer(i + 1, _weights[i]), new ConnectionLimits(UpperOf(i), 0));
                }
            }
        }
    }
}
