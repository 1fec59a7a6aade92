using Pointsman.Balance;
using Pointsman.Balance.Connections;
using Pointsman.Balance.Schedulers;
using Pointsman.Base;
using ModelFlags = Pointsman.Balance.Connections.TcpFlags;

namespace Pointsman.Dataplane.Tests;

/// <summary>What IPVS has as sysctls, of one service: each alone, and all of them beside the model over random segments.</summary>
[Collection(PlaneCollection.Name)]
public sealed class ConnectionRulesTests(SharedPlane shared)
{
    private readonly TestPlane _plane = shared.Fresh();

    // IPVS: conn_reuse_mode 0 never, 1 (where none is set, too) after TIME_WAIT and CLOSE, 2 and 3 after FIN_WAIT too.
    [Theory]
    [InlineData(ConnectionRules.None, true, false)]
    [InlineData(ConnectionRules.ReuseChosen, false, false)]
    [InlineData(ConnectionRules.ReuseChosen | ConnectionRules.ReuseClosed, true, false)]
    [InlineData(ConnectionRules.ReuseChosen | ConnectionRules.ReuseClosed | ConnectionRules.ReuseFinWait, true, true)]
    public void ConnReuseMode_SaysWhereASynIsANewConnection(ConnectionRules rules, bool afterClose, bool afterFinWait)
    {
        Apply(rules, 1, 1);
        byte first = _plane.Connect(1000);
        _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack });
        _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Rst });
        Assert.Equal(afterClose, _plane.Connect(1000) != first);

        byte second = _plane.Connect(2000);
        _plane.Send(new Frame { SourcePort = 2000, Flags = TcpFlags.Ack });
        _plane.Send(new Frame { SourcePort = 2000, Flags = TcpFlags.Fin | TcpFlags.Ack });
        Assert.Equal(afterFinWait, _plane.Connect(2000) != second);
    }

    [Theory]
    [InlineData(ConnectionRules.None, "server-gone", 1)]
    [InlineData(ConnectionRules.ExpireNodest, "no-connection", 0)]
    public void ExpireNodest_ConnectionOfAServerThatIsGone_EndsWithItsNextPacket(ConnectionRules rules, string verdict, int left)
    {
        Apply(rules, 1, 1);
        byte server = _plane.Connect(1000);
        _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack });
        _plane.Apply(Service(rules, 1, 1) with { Servers = [.. TestPlane.Servers(2).Where(one => (byte)one.Address.Address.V4Bits != server)] });

        Assert.Equal(verdict, _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack }).Verdict);
        Assert.Equal(left, _plane.Plane.ReadConnections().Count);
    }

    [Theory]
    [InlineData(ConnectionRules.None, true)]
    [InlineData(ConnectionRules.ExpireNodest, false)]
    public void ExpireNodest_NewSynOfAnOldClient_LeavesAQuiescedServer(ConnectionRules rules, bool stays)
    {
        Apply(rules, 1, 1);
        byte server = _plane.Connect(1000);
        Apply(rules, server == 1 ? 0 : 1, server == 2 ? 0 : 1);
        Assert.Equal(stays, _plane.Connect(1000) == server);
    }

    [Theory]
    [InlineData(ConnectionRules.None, true)]
    [InlineData(ConnectionRules.ExpireQuiescent, false)]
    public void ExpireQuiescent_PersistentClientLeavesAQuiescedServer(ConnectionRules rules, bool stays)
    {
        PlannedService Bound(int one, int two) => Service(rules, one, two) with { Persistence = TimeSpan.FromMinutes(5) };
        _plane.Apply(Bound(1, 1));
        byte server = _plane.Connect(1000);
        _plane.Apply(Bound(server == 1 ? 0 : 1, server == 2 ? 0 : 1));

        byte next = _plane.Connect(1001);

        Assert.Equal(stays, next == server);
        Assert.Equal(next, _plane.Connect(1002));
    }

    [Theory]
    [InlineData(ConnectionRules.None, TcpFlags.Ack, "no-connection")]
    [InlineData(ConnectionRules.Sloppy, TcpFlags.Ack, "forwarded")]
    [InlineData(ConnectionRules.Sloppy, TcpFlags.Rst, "no-connection")]
    public void Sloppy_AnyPacketBeginsAConnection_ButAReset(ConnectionRules rules, TcpFlags flags, string verdict)
    {
        Apply(rules, 1, 1);
        Assert.Equal(verdict, _plane.Send(new Frame { Flags = flags }).Verdict);
        Assert.Equal(verdict == "forwarded" ? ["ESTABLISHED"] : Array.Empty<string>(), _plane.Plane.ReadConnections().Select(entry => entry.State));
    }

    [Fact]
    public void Plan_ReadBack_HasTheRules()
    {
        const ConnectionRules All = (ConnectionRules)0x3f;
        Apply(All, 1, 1);
        _plane.WithTables(tables => Assert.Equal(All, Assert.Single(Tables.PlanReader.Read(tables, []).Services).Rules));
    }

    [Fact]
    public void RulesChanged_HoldForServersThatAreThere_AndAreWrittenOnce()
    {
        Apply(ConnectionRules.None, 1, 1);
        byte server = _plane.Connect(1000);
        _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack });
        _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Rst });

        Apply(ConnectionRules.ReuseChosen, 1, 1);
        long writes = _plane.Plane.TableWrites;
        Apply(ConnectionRules.ReuseChosen, 1, 1);
        Assert.Equal(writes, _plane.Plane.TableWrites);
        Assert.Equal(server, _plane.Connect(1000));
        _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack });
        _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Rst });
        Apply(ConnectionRules.None, 1, 1);
        Assert.NotEqual(server, _plane.Connect(1000));
    }

    public static TheoryData<int, bool, bool> Combinations()
    {
        var all = new TheoryData<int, bool, bool>();
        foreach (int reuse in new[] { 0, 1, 3, 7 })
        {
            foreach (int other in new[] { 0, 0x08, 0x10, 0x20, 0x38 })
            {
                all.Add(reuse | other, other is 0x10 or 0x38, false);
                all.Add(reuse | other, other is 0x10 or 0x38, true);
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void RandomSegments_DataPathAndModel_Agree(int rules, bool isPersistent, bool isV6)
    {
        var random = new Prng((ulong)rules);
        var persistence = isPersistent ? new PersistenceRule(TimeSpan.FromMinutes(5), isV6 ? 128 : 32) : null;
        var model = new ServiceModel(SchedulerKind.Wlc, persistence, ConnectionTimeouts.Default) { Rules = (ConnectionRules)rules };
        int[] weights = [1, 1, 1];
        for (int i = 0; i < 3; i++)
        {
            model.AddServer(i + 1, 1);
        }

        PlannedService Plan()
        {
            PlannedService service = Service((ConnectionRules)rules, weights) with { Scheduler = SchedulerKind.Wlc, Persistence = persistence?.Timeout };
            return isV6 ? TestPlane.Six(service) with { Rules = service.Rules, PersistencePrefixLength = 128 } : service;
        }

        _plane.Apply(Plan());
        for (int step = 0; step < 300; step++)
        {
            if (random.OneIn(15))
            {
                int which = random.NextInt(3);
                weights[which] = random.NextInt(3);
                model.SetWeight(which + 1, weights[which]);
                _plane.Apply(Plan());
            }

            int host = 1 + random.NextInt(3);
            var key = new FlowKey(IpAddress.Parse(isV6 ? $"2001:db8:c::{host}" : $"203.0.113.{host}"), (ushort)(1000 + random.NextInt(4)));
            TcpFlags flags = new[] { TcpFlags.Syn, TcpFlags.Syn, TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Rst }[random.NextInt(5)];
            ConnectionOutcome expected = model.OnSegment(Instant.Zero, key, TcpStateMachine.EventOf((ModelFlags)flags));

            Outcome outcome = _plane.Send(new Frame
            {
                Source = key.Client.ToString(),
                Target = isV6 ? TestPlane.Vip6 : TestPlane.Vip,
                SourcePort = key.Port,
                Flags = flags,
            });

            string verdict = expected switch
            {
                ConnectionOutcome.Forwarded forwarded => $"to {forwarded.Server}",
                ConnectionOutcome.NoServer => "no-server-refused",
                _ => "no-connection",
            };
            Assert.Equal((step, verdict), (step, outcome.Verdict == "forwarded" ? $"to {outcome.Bytes[5]}" : outcome.Verdict));
            (int, int)[] loads = _plane.Loads();
            Assert.Equal(
                (step, new ServerLoad(loads[0].Item1, loads[0].Item2), new ServerLoad(loads[1].Item1, loads[1].Item2)),
                (step, model.LoadOf(1), model.LoadOf(2)));
        }
    }

    private static PlannedService Service(ConnectionRules rules, params int[] weights) => TestPlane.Service(
        SchedulerKind.Rr, [.. weights.Select((weight, i) => TestPlane.Server((byte)(i + 1), weight))]) with { Rules = rules };

    private void Apply(ConnectionRules rules, params int[] weights) => _plane.Apply(Service(rules, weights));
}
