using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Synchronisation;
using Pointsman.Dataplane.Tables;
using Pointsman.Wire.Synchronisation;

namespace Pointsman.Dataplane.Tests;

/// <summary>One director's connections in another's table: through the real messages, without a wire.</summary>
[Collection(PlaneCollection.Name)]
public sealed class SynchronisationTests : IDisposable
{
    private readonly TestPlane _here;
    private readonly TestPlane _there = new();
    private readonly Side _tells;
    private readonly Side _takes;

    public SynchronisationTests(SharedPlane shared)
    {
        _here = shared.Fresh();
        _tells = new Side(_here);
        _takes = new Side(_there);
    }

    public void Dispose()
    {
        _tells.Dispose();
        _takes.Dispose();
        _there.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Connections_GoOnAtTheSameServers_AndAreCountedAsHere(bool isV6)
    {
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, Servers(3));
        Both(isV6 ? TestPlane.Six(service) : service);
        Frame frame = isV6 ? new Frame { Source = "2001:db8:c::5", Target = TestPlane.Vip6 } : new Frame();
        for (ushort port = 1000; port < 1100; port++)
        {
            _here.Run((frame with { SourcePort = port }).Build(), new byte[100]);
            _here.Run((frame with { SourcePort = port, Flags = TcpFlags.Ack }).Build(), new byte[100]);
            if (port % 4 == 0)
            {
                _here.Run((frame with { SourcePort = port, Flags = TcpFlags.Fin | TcpFlags.Ack }).Build(), new byte[100]);
            }
        }

        Synchronise();

        Assert.Equal(100, _takes.Inlet.Taken);
        Assert.Equal(_here.Loads(), _there.Loads());
        Assert.Equal((75, 25), (_there.Loads().Sum(load => load.Active), _there.Loads().Sum(load => load.Inactive)));
        Assert.Equal(0, _there.Read().Totals.Connections);
        for (ushort port = 1000; port < 1100; port++)
        {
            byte[] packet = (frame with { SourcePort = port, Flags = TcpFlags.Ack }).Build();
            Assert.Equal(_here.Send(packet).TargetMac, _there.Send(packet).TargetMac);
        }

        _there.ExpireAll();
        Assert.Equal(100, _there.Sweep());
        Assert.All(_there.Loads(), load => Assert.Equal((0, 0), load));
    }

    // What such a template is known by is the node's own.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ConnectionOfACall_IsTold_ItsTemplateIsNot(bool isV6)
    {
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, Servers(2)) with
        {
            Key = TestPlane.Key with { Protocol = TransportProtocol.Udp },
            Persistence = TimeSpan.FromSeconds(60),
            Flags = ServiceFlags.Calls,
        };
        Both(isV6 ? TestPlane.Six(service) with { Persistence = service.Persistence } : service);
        Frame frame = isV6 ? new Frame { Source = "2001:db8:c::5", Target = TestPlane.Vip6 } : new Frame();
        frame = (frame with { Protocol = Frame.Udp, SourcePort = 1000 }).Saying("x\r\nCall-ID: a@b\r\n"u8.ToArray());
        string server = _here.Send(frame).TargetMac;
        _here.Send(frame);

        Synchronise();

        ConnectionEntry there = Assert.Single(_there.Plane.ReadConnections());
        Assert.Equal($"{frame.Source.Replace("2001:db8:c::5", "[2001:db8:c::5]", StringComparison.Ordinal)}:1000", there.Client.ToString());
        Assert.Equal(server, _there.Send(frame with { Payload = null }).TargetMac);
        Assert.Equal((1, 0), (_takes.Inlet.Taken, _takes.Inlet.Refused(SyncRefusal.PersistenceEngine)));
    }

    [Fact]
    public void WhatIsNotEstablished_IsNotTold()
    {
        Both(TestPlane.Service(SchedulerKind.Rr, Servers(1)));
        _here.Send(new Frame());
        Synchronise();
        Assert.Equal(0, _takes.Inlet.Entries);
    }

    [Fact]
    public void NothingHappens_NothingIsTold_UntilTheRoundComesBy()
    {
        Both(TestPlane.Service(SchedulerKind.Rr, Servers(1)));
        Establish(1000);
        Synchronise();
        Assert.Equal(1, _takes.Inlet.Entries);

        int told = 0;
        for (int scan = 0; scan < 120; scan++)
        {
            told += _tells.Told().Count;
        }

        Assert.Equal(1, told);
    }

    [Fact]
    public void ConnectionEnds_TheOthersStateAndCountsFollow()
    {
        Both(TestPlane.Service(SchedulerKind.Rr, Servers(1)));
        Establish(1000);
        Synchronise();
        Assert.Equal([(1, 0)], _there.Loads());

        _here.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Fin | TcpFlags.Ack });
        Synchronise();

        Assert.Equal([(0, 1)], _there.Loads());
        Assert.Equal((1, 1), (_takes.Inlet.Taken, _takes.Inlet.Updated));
        Assert.Equal("FIN_WAIT", Assert.Single(_there.Plane.ReadConnections()).State);
    }

    [Fact]
    public void WhatWasHeard_IsNotToldBack_ButWhenTheRoundComesBy()
    {
        Both(TestPlane.Service(SchedulerKind.Rr, Servers(1)));
        for (ushort port = 1000; port < 1050; port++)
        {
            Establish(port);
        }

        Synchronise();
        Assert.Equal(50, _takes.Inlet.Taken);
        Assert.InRange(_takes.Told().Count, 0, 20);
    }

    [Fact]
    public void TimeRunsOut_AsWithTheTeller_AndNoEntryLivesLongerForBeingToldRound()
    {
        Both(TestPlane.Service(SchedulerKind.Rr, Servers(1)));
        Establish(1000);
        for (int round = 0; round < 20; round++)
        {
            _tells.Outlet.BeginAll();
            Synchronise();
            _takes.Outlet.BeginAll();
            _tells.Take(_takes.Told());
        }

        Assert.True(Left(_there) <= Left(_here) + TimeSpan.FromSeconds(1), $"{Left(_there)} there, {Left(_here)} here");
        Assert.InRange(Left(_here), TimeSpan.FromSeconds(880), TimeSpan.FromSeconds(900));
    }

    [Fact]
    public void NewTable_GetsAll_WhenARoundBegins()
    {
        Both(TestPlane.Service(SchedulerKind.Rr, Servers(2)));
        for (ushort port = 1000; port < 1050; port++)
        {
            Establish(port);
        }

        _tells.Told();

        // All but what the minute's round comes by.
        Assert.InRange(_tells.Told().Count, 0, 20);
        _tells.Outlet.BeginAll();
        Synchronise();
        Assert.Equal(50, _takes.Inlet.Taken);
    }

    // A restarted director knows nothing of what it had told; the round, which has a pace, comes by all of it.
    [Fact]
    public void RoundBegins_WhatNobodyHasHeardOf_IsLeftToIt_ButForTheLastWord()
    {
        Both(TestPlane.Service(SchedulerKind.Rr, Servers(2)));
        for (ushort port = 1000; port < 1050; port++)
        {
            Establish(port);
        }

        using var restarted = new Side(_here);
        restarted.Outlet.BeginAll();
        Assert.Equal(0, restarted.ToldBy(outlet => outlet.Scan()));
        Assert.Equal(50, restarted.ToldBy(outlet => outlet.Step()));
        Assert.False(restarted.Outlet.IsTellingAll);

        using var stopped = new Side(_here);
        stopped.Outlet.BeginAll();
        Assert.Equal(50, stopped.ToldBy(outlet => outlet.Scan(isLast: true)));
    }

    [Fact]
    public void MoreIsNewThanOneScanTells_TheRestGoesInSteps_EachOnce()
    {
        Both(TestPlane.Service(SchedulerKind.Rr, Servers(2)));
        for (ushort port = 1000; port < 1050; port++)
        {
            Establish(port);
        }

        using var side = new Side(_here, entriesEachScan: 20);
        Assert.Equal(20, side.ToldBy(outlet => outlet.Scan()));
        Assert.True(side.Outlet.IsTellingAll);
        Assert.Equal(30, side.ToldBy(outlet => outlet.Step()));
        Assert.False(side.Outlet.IsTellingAll);
    }

    [Fact]
    public void RoundBeginsWhileTemplatesAreLookedThrough_AllOfThemAreTold()
    {
        // More than a piece, of which this one looks at one a scan.
        const int Clients = 6000;
        Both(TestPlane.Service(SchedulerKind.Rr, Servers(1)) with { Persistence = TimeSpan.FromMinutes(5) });
        Establish(1000);
        _here.WithTables(tables =>
        {
            (PmTemplateKey key, PmTemplate template) = Assert.Single(TableReader.Templates(tables));
            for (uint client = 1; client < Clients; client++)
            {
                tables.Templates.Update(key with { Client = new Be128(IpAddress.FromV4Bits(0x0b000000 + client)) }, template with { Refs = 0 });
            }
        });
        using var side = new Side(_here, templatePiecesEachScan: 1);
        Assert.InRange(side.ToldBy(outlet => outlet.Scan()), 1, Clients - 1);

        side.Outlet.BeginAll();

        HashSet<IpAddress> told = [];
        for (int scan = 0; scan < 3; scan++)
        {
            side.ToldBy(outlet => outlet.Scan());
            told.UnionWith(side.LastTold.Where(entry => entry.IsTemplate).Select(entry => entry.Client));
        }

        Assert.Equal(Clients, told.Count);
    }

    [Fact]
    public void ServiceIsAnothers_IsTaken_ForwardsNothing_UntilItIsOurs()
    {
        PlannedService service = TestPlane.Leased(Servers(2));
        Both(service);
        _here.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _there.Plane.Leases.Release(TestPlane.Lease);
        Establish(1000);
        Synchronise();

        Frame data = new() { SourcePort = 1000, Flags = TcpFlags.Ack };
        Assert.Equal("not-armed", _there.Send(data).Verdict);
        Assert.Empty(_takes.Told());

        _there.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        Outcome outcome = _there.Send(data);
        Assert.Equal(("forwarded", _here.Send(data).TargetMac), (outcome.Verdict, outcome.TargetMac));
    }

    [Fact]
    public void OwnersOwnEntry_Stands_WhatItDoesNotKnowIsTaken()
    {
        Both(TestPlane.Leased(Servers(2)));
        foreach (TestPlane plane in (TestPlane[])[_here, _there])
        {
            plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        }

        Establish(1000);
        Establish(1001);
        string before = Establish(1000, _there);
        Synchronise();

        Assert.Equal((1, 1), (_takes.Inlet.Taken, _takes.Inlet.Refused(SyncRefusal.OwnStands)));
        Assert.Equal(before, _there.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack }).TargetMac);
        Assert.Equal(2, _there.Loads().Sum(load => load.Active));
    }

    [Fact]
    public void OtherServerThere_ActiveOneReplacesIt_EndedOneDoesNot()
    {
        Both(TestPlane.Leased(Servers(2)));
        _there.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        Establish(999, _there);
        Establish(1000, _there);
        _there.Plane.Leases.Release(TestPlane.Lease);
        _here.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        string chosen = Establish(1000);
        SyncEntry told = Assert.Single(_tells.Told());
        Assert.NotEqual(chosen, MacThere(1000));

        _takes.Take([told with { State = 4, Flags = told.Flags | SyncFlags.Inactive }]);
        Assert.Equal(1, _takes.Inlet.Refused(SyncRefusal.OtherServer));
        _takes.Take([told]);

        Assert.Equal(chosen, MacThere(1000));
        Assert.Equal(2, _there.Loads().Sum(load => load.Active));

        string MacThere(ushort port)
        {
            _there.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
            string mac = _there.Send(new Frame { SourcePort = port, Flags = TcpFlags.Ack }).TargetMac;
            _there.Plane.Leases.Release(TestPlane.Lease);
            return mac;
        }
    }

    [Fact]
    public void PersistentClient_KeepsItsServerThere()
    {
        Both(TestPlane.Service(SchedulerKind.Rr, Servers(3)) with { Persistence = TimeSpan.FromMinutes(5) });
        Establish(999);
        string server = Establish(1000);
        Synchronise();

        Assert.Equal([(0, 0, 0), (0, 0, 0), (1, 2, 0)], _there.Read().Servers.Select(one => (one.PersistentConnections, one.Active, one.Inactive)).Order());
        Assert.Equal(server, _there.Send(new Frame { SourcePort = 2000 }).TargetMac);
        Assert.NotEqual(_there.Send(new Frame { Source = "203.0.113.98" }).TargetMac, _there.Send(new Frame { Source = "203.0.113.99" }).TargetMac);
        Assert.Equal(server, _there.Send(new Frame { SourcePort = 2001 }).TargetMac);
        Assert.Equal("ASSURED", Assert.Single(
            _there.Plane.ReadConnections(), entry => entry.IsTemplate && entry.Client.Address == IpAddress.Parse("203.0.113.5")).State);
    }

    [Fact]
    public void TemplateOfAServiceThatBindsNobodyHere_IsNotTaken()
    {
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, Servers(1));
        _here.Apply(service with { Persistence = TimeSpan.FromMinutes(5) });
        _there.Apply(service);
        Establish(1000);
        Synchronise();
        Assert.Equal((1, 1), (_takes.Inlet.Taken, _takes.Inlet.Refused(SyncRefusal.NotPersistent)));
        Assert.False(Assert.Single(_there.Plane.ReadConnections()).IsTemplate);
    }

    [Fact]
    public void ServiceByAMark_ConnectionAndClientsServer_AreKnownThere()
    {
        const uint Mark = 9;
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, Servers(3)) with
        {
            Key = ServiceKey.Of(TransportProtocol.Tcp, TransportEndpoint.OfMark(Mark, IpFamily.V4)),
            Persistence = TimeSpan.FromMinutes(5),
        };
        Both(service);
        _here.SendMarked(new Frame { TargetPort = 443 }, Mark);
        Frame data = new() { TargetPort = 443, Flags = TcpFlags.Ack };
        string server = _here.SendMarked(data, Mark).TargetMac;

        List<SyncEntry> told = _tells.Told();
        _takes.Take(told);

        Assert.Equal([(0, 443, Mark), (6, 443, Mark)], told.Select(entry => ((int)entry.Protocol, entry.IsTemplate ? 443 : (int)entry.VirtualPort, entry.Mark)).Order());
        Assert.Equal(IpAddress.Parse("0.0.0.9"), told.Single(entry => entry.IsTemplate).Virtual);
        Assert.Equal(("forwarded", server), (_there.SendMarked(data, Mark).Verdict, _there.SendMarked(data, Mark).TargetMac));
        Assert.Equal(server, _there.SendMarked(new Frame { TargetPort = 8443 }, Mark).TargetMac);
        Assert.Contains(_there.Plane.ReadConnections(), entry => !entry.IsTemplate && entry.Virtual.Port == 443);
    }

    // The kernel of the second one has no route to these clients, as where nothing has been sent to them yet.
    [Theory]
    [InlineData("203.0.113.5", "192.0.2.100", "10.0.0.1")]
    [InlineData("2001:db8:c::5", TestPlane.Vip6, "2001:db8:a::1")]
    public void ByNat_AnswersFindTheirWay_OnceTheClientHasSpokenThere(string client, string vip, string server)
    {
        PlannedService service = TestPlane.Service(SchedulerKind.Rr, NatTests.Server(1));
        Both(client.Contains(':', StringComparison.Ordinal) ? TestPlane.Six(service) : service);
        Frame sent = new() { Source = client, Target = vip, SourcePort = 1000 };
        _here.Send(sent);
        var answer = new Frame
        {
            SourceMac = TestPlane.MacOf(1), Source = server, SourcePort = NatTests.RealPort, Target = client, TargetPort = 1000, Flags = TcpFlags.Syn | TcpFlags.Ack,
        };
        _here.Send(answer);
        _here.Send(sent with { Flags = TcpFlags.Ack });
        Synchronise();
        Assert.Equal("ESTABLISHED", Assert.Single(_there.Plane.ReadConnections()).State);

        Outcome early = _there.Send(answer with { Flags = TcpFlags.Ack });
        Assert.True(early.Verdict is "answer-unrouted" or "answer-passed", early.Verdict);
        Assert.Equal("forwarded", _there.Send(sent with { Flags = TcpFlags.Ack }).Verdict);
        Outcome answered = _there.Send(answer with { Flags = TcpFlags.Ack });
        Assert.True(answered.Verdict is "answer-forwarded" or "answer-redirected", answered.Verdict);
        Assert.Equal(sent.SourceMac, answered.TargetMac);
    }

    [Fact]
    public void FullNat_IsNeitherToldNorTaken()
    {
        Both(TestPlane.Service(SchedulerKind.Rr, NatTests.Server(1)));
        _here.Send(new Frame { SourcePort = 1000 });
        _here.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack });
        SyncEntry told = Assert.Single(_tells.Told());

        Both(TestPlane.Service(SchedulerKind.Rr, NatTests.Server(1)) with { LocalAddresses = [new LocalAddress(IpAddress.Parse("10.0.0.250"), null)] });
        _tells.Outlet.BeginAll();
        Assert.Empty(_tells.Told());
        Assert.NotEqual(0, _tells.Outlet.Unsendable);
        _takes.Take([told]);
        Assert.Equal((0, 1), (_takes.Inlet.Taken, _takes.Inlet.Refused(SyncRefusal.FullNat)));
    }

    [Theory]
    [InlineData(SyncRefusal.NoService)]
    [InlineData(SyncRefusal.NoServer)]
    [InlineData(SyncRefusal.UnknownState)]
    [InlineData(SyncRefusal.UnknownProtocol)]
    [InlineData(SyncRefusal.Helper)]
    [InlineData(SyncRefusal.PersistenceEngine)]
    public void EntryThatIsNothingHere_IsCountedByItsReason(SyncRefusal why)
    {
        Both(TestPlane.Service(SchedulerKind.Rr, Servers(1)));
        Establish(1000);
        SyncEntry good = Assert.Single(_tells.Told());
        _takes.Take(
        [
            why switch
            {
                SyncRefusal.NoService => good with { VirtualPort = 81 },
                SyncRefusal.NoServer => good with { Server = IpAddress.Parse("10.0.0.77") },
                SyncRefusal.UnknownState => good with { State = 11 },
                SyncRefusal.UnknownProtocol => good with { Protocol = 51 },
                SyncRefusal.Helper => good with { Flags = good.Flags | SyncFlags.NoClientPort },
                _ => good with { EngineName = "sip" },
            },
        ]);

        Assert.Equal(1, _takes.Inlet.Refused(why));
        Assert.Empty(_there.Plane.ReadConnections());
        _takes.Take([good]);
        Assert.Single(_there.Plane.ReadConnections());
    }

    [Fact]
    public void NoTimeTold_TheStatesOwnCounts()
    {
        Both(TestPlane.Service(SchedulerKind.Rr, Servers(1)));
        Establish(1000);
        _takes.Take([Assert.Single(_tells.Told()) with { TimeoutSeconds = 0 }]);
        Assert.InRange(Left(_there), TimeSpan.FromSeconds(890), TimeSpan.FromSeconds(900));
    }

    // A year does not fit half of the packets' clock, which a tick of a millisecond goes round in 25 days.
    [Fact]
    public void EndlessTimeTold_IsAMonth_AtMost()
    {
        Both(TestPlane.Service(SchedulerKind.Rr, Servers(1)));
        Establish(1000);
        _takes.Take([Assert.Single(_tells.Told()) with { TimeoutSeconds = uint.MaxValue }]);
        Assert.InRange(Left(_there), TimeSpan.FromDays(12), TimeSpan.FromDays(31));
    }

    [Fact]
    public void TemplatesThatAreOver_AreForgotten_AndOthersTellOfNoMoreThanTheTableHolds()
    {
        var memory = new SyncMemory(count: 0, templatesMost: 3);
        for (uint client = 0; client < 5; client++)
        {
            memory.Note(Key(client), Known(until: 100 + client));
        }

        memory.Note(Key(1), Known(until: 200));
        Assert.Equal(3, memory.TemplateCount);
        memory.Forget(now: 101);
        Assert.Equal([false, true, true, false], Enumerable.Range(0, 4).Select(client => memory.Find(Key((uint)client)) is not null));

        // Who only hears forgets as well.
        _takes.Memory.Note(Key(1), Known(until: unchecked((uint)_takes.Now - 1)));
        _takes.Take([]);
        Assert.Equal(0, _takes.Memory.TemplateCount);

        static PmTemplateKey Key(uint client) => new() { Client = new Be128(IpAddress.FromV4Bits(client)) };
        static SyncMemory.KnownTemplate Known(uint until) => new(1, until, IsAssured: false, ToldAtMs: 0);
    }

    [Fact]
    public void ManyInOneMessage_AllArrive()
    {
        Both(TestPlane.Service(SchedulerKind.Rr, Servers(1)));
        Establish(1000);
        SyncEntry one = Assert.Single(_tells.Told());
        _takes.Take([.. Enumerable.Range(1, 1000).Select(i => one with { ClientPort = (ushort)(2000 + i) })]);
        Assert.Equal(1000, _takes.Inlet.Taken);
        Assert.Equal([(1000, 0)], _there.Loads());
    }

    [Fact]
    public void SmallTable_IsFull_IsCounted_AndEstablishedOnesStay()
    {
        using var small = new TestPlane(connectionCapacity: 4);
        small.Apply(TestPlane.Service(SchedulerKind.Rr, Servers(1)));
        Both(TestPlane.Service(SchedulerKind.Rr, Servers(1)));
        Establish(1000);
        SyncEntry one = Assert.Single(_tells.Told());
        using var side = new Side(small);
        side.Take([.. Enumerable.Range(1, 6).Select(i => one with { ClientPort = (ushort)(2000 + i) })]);
        Assert.Equal((4, 2), (side.Inlet.Taken, side.Inlet.Refused(SyncRefusal.TableFull)));
        Assert.Equal([(4, 0)], small.Loads());
    }

    private static ImmutableArray<PlannedServer> Servers(int count) => [.. TestPlane.Servers(count)];

    private void Both(PlannedService service)
    {
        _here.Apply(service);
        _there.Apply(service);
    }

    private string Establish(ushort port, TestPlane? plane = null)
    {
        (plane ?? _here).Send(new Frame { SourcePort = port });
        return (plane ?? _here).Send(new Frame { SourcePort = port, Flags = TcpFlags.Ack }).TargetMac;
    }

    private void Synchronise() => _takes.Take(_tells.Told());

    private static TimeSpan Left(TestPlane plane) => Assert.Single(plane.Plane.ReadConnections()).ExpiresIn;

    /// <summary>A director's part in it.</summary>
    private sealed class Side : IDisposable
    {
        private readonly PinnedTables _tables;
        private readonly List<SyncEntry> _told = [];

        internal Side(TestPlane plane, int entriesEachScan = 50_000, int templatePiecesEachScan = 16)
        {
            _tables = PinnedTables.TryOpen(new PinPaths(plane.Pins), writable: false)!;
            Memory = new SyncMemory(_tables.Flows.Count, _tables.Templates.Capacity);
            var ownership = new SyncOwnership(_tables);
            Outlet = new SyncOutlet(_tables, Memory, ownership, _told.Add)
            {
                EntriesEachScan = entriesEachScan,
                TemplatePiecesEachScan = templatePiecesEachScan,
            };
            Inlet = new SyncInlet(_tables, Memory, ownership);
        }

        internal SyncMemory Memory { get; }

        internal ulong Now => _tables.NowTicks();

        internal SyncOutlet Outlet { get; }

        internal SyncInlet Inlet { get; }

        internal IReadOnlyList<SyncEntry> LastTold => _told;

        /// <summary>How many entries that tells.</summary>
        internal int ToldBy(Action<SyncOutlet> act)
        {
            _told.Clear();
            act(Outlet);
            return _told.Count;
        }

        /// <summary>What a scan, and a round that was begun, tell; through a message and back.</summary>
        internal List<SyncEntry> Told()
        {
            _told.Clear();
            while (Outlet.IsTellingAll)
            {
                Outlet.Step();
            }

            Outlet.Scan();
            var read = new List<SyncEntry>();
            var writer = new SyncMessageWriter(1, 1472);
            foreach (SyncEntry entry in _told)
            {
                if (!writer.TryAdd(entry))
                {
                    Assert.Equal(SyncParseError.None, SyncMessage.TryParse(writer.Finish(), read, out _));
                    Assert.True(writer.TryAdd(entry));
                }
            }

            Assert.Equal(SyncParseError.None, SyncMessage.TryParse(writer.Finish(), read, out _));
            return read;
        }

        internal void Take(IReadOnlyList<SyncEntry> entries) => Inlet.Take(entries, skipped: 0);

        public void Dispose() => _tables.Dispose();
    }
}
