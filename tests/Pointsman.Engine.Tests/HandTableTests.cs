using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Engine.ByHand;

namespace Pointsman.Engine.Tests;

/// <summary>What is set by hand lies over the file, until the file says otherwise.</summary>
public sealed class HandTableTests
{
    private static readonly SourceSpan Nowhere = new("test.conf", 1, 1, 1);
    private static readonly ServiceKey Web = Key("10.0.0.200:80");
    private static readonly ServiceKey New = Key("10.0.0.201:80");
    private static readonly TransportEndpoint One = End("10.0.0.1:80");
    private static readonly TransportEndpoint Two = End("10.0.0.2:80");
    private static readonly TransportEndpoint Three = End("10.0.0.3:80");
    private static readonly HandService Rr = new(LoadBalanceAlgorithm.Rr, SchedulerFlags.None, null, 32);
    private static readonly HandServer Dr = new(LoadBalanceKind.Dr, 1, 0, 0);

    private HandTable _table = HandTable.Empty;

    [Fact]
    public void TimeoutsSetWhileNobodyKnewTheFile_HoldOverIt_UntilItSaysSomethingElse()
    {
        var set = new HandTimeouts(new LvsTimeoutsConfig(TimeSpan.FromSeconds(100), null, null), HandTimeouts.Unknown);
        HandTable noted = HandTable.Empty.With(HandTable.Empty with { Timeouts = set });
        Configuration file = File with { Global = File.Global with { LvsTimeouts = new LvsTimeoutsConfig(null, TimeSpan.FromSeconds(50), null) } };

        HandTable known = noted.Under(file, out ImmutableArray<string> given);

        Assert.Empty(given);
        Assert.Equal("tcp 100 tcpfin 50", string.Join(' ', known.Over(file).Global.LvsTimeouts!.Words));
        Assert.Empty(known.Under(File, out given).Lines);
        Assert.Equal("timeouts: tcp 100 (the file: tcpfin 50)", Assert.Single(given));
    }

    [Fact]
    public void TimeoutsSetBack_AreTheFiles()
    {
        Configuration file = File with { Global = File.Global with { LvsTimeouts = new LvsTimeoutsConfig(TimeSpan.FromSeconds(7), null, null) } };
        HandTable.Empty.TryObey(Set(800, 0), file, out HandTable set);
        Assert.Equal("timeouts: tcp 800 (the file: tcp 7)", Assert.Single(set.Lines));
        set.TryObey(Set(0, 120), file, out set);
        set.TryObey(Set(7, 0), file, out set);
        Assert.Empty(set.Lines);

        static HandOrder.SetTimeouts Set(int tcp, int tcpFin) => new(new LvsTimeoutsConfig(
            tcp == 0 ? null : TimeSpan.FromSeconds(tcp), tcpFin == 0 ? null : TimeSpan.FromSeconds(tcpFin), null));
    }

    [Fact]
    public void Nothing_IsTheFile() => Assert.Same(File, HandTable.Empty.Over(File));

    [Fact]
    public void AddedServiceAndServer_AreThere()
    {
        Obey(new HandOrder.AddService(New, Rr));
        Obey(new HandOrder.AddServer(New, Three, Dr with { Weight = 7 }));

        VirtualServerConfig added = _table.Over(File).VirtualServers[1];
        Assert.Equal((New.Address, LoadBalanceAlgorithm.Rr), (added.Address, added.Algorithm));
        Assert.Equal((Three, 7), (added.RealServers[0].Address, added.RealServers[0].Weight));
        Assert.Empty(added.RealServers[0].Checks);
    }

    [Fact]
    public void EditedWeight_KeepsTheChecksOfTheFile()
    {
        Obey(new HandOrder.EditServer(Web, One, Dr with { Weight = 0 }));

        RealServerConfig server = _table.Over(File).VirtualServers[0].RealServers[0];
        Assert.Equal(0, server.Weight);
        Assert.Single(server.Checks);
        Assert.Equal("TCP 10.0.0.200:80 -> 10.0.0.1:80: DR weight 0 limits 0 0 (the file: DR weight 3 limits 0 0)", _table.Entries.Single().ToString());
    }

    [Fact]
    public void SetBackToWhatTheFileSays_IsNoEntry()
    {
        Obey(new HandOrder.EditServer(Web, One, Dr with { Weight = 0 }));
        Obey(new HandOrder.EditServer(Web, One, Dr with { Weight = 3 }));
        Assert.Empty(_table.Entries);

        Obey(new HandOrder.AddService(New, Rr));
        Obey(new HandOrder.DeleteService(New));
        Assert.Empty(_table.Entries);
    }

    [Fact]
    public void RemovedService_AddedAgain_HasNoServers()
    {
        Obey(new HandOrder.DeleteService(Web));
        Assert.Empty(_table.Over(File).VirtualServers);
        Obey(new HandOrder.AddService(Web, Rr));
        Assert.Empty(_table.Over(File).VirtualServers.Single().RealServers);
        Obey(new HandOrder.AddServer(Web, Two, Dr));
        Assert.Equal(Two, _table.Over(File).VirtualServers.Single().RealServers.Single().Address);
    }

    [Fact]
    public void Clear_LeavesNothing()
    {
        Obey(new HandOrder.AddService(New, Rr));
        Obey(new HandOrder.AddServer(New, Three, Dr));
        Obey(new HandOrder.Clear());
        Assert.Empty(_table.Over(File).VirtualServers);
        Assert.Equal(Web, Assert.Single(_table.Entries).Service);
    }

    [Fact]
    public void Reload_KeepsWhatTheFileDoesNotTouch_AndGivesWayWhereItDoes()
    {
        Obey(new HandOrder.EditServer(Web, One, Dr with { Weight = 0 }));
        Obey(new HandOrder.DeleteServer(Web, Two));
        Obey(new HandOrder.AddService(New, Rr));
        VirtualServerConfig web = File.VirtualServers[0];
        Configuration next = File with
        {
            VirtualServers = [web with { RealServers = [web.RealServers[0] with { Weight = 9 }, web.RealServers[1]] }],
        };

        HandTable left = _table.Under(next, out ImmutableArray<string> given);

        Assert.Contains($"{One}", Assert.Single(given), StringComparison.Ordinal);
        Assert.Equal(9, left.Over(next).VirtualServers[0].RealServers.Single().Weight);
        Assert.Equal(2, left.Over(next).VirtualServers.Length);
        Assert.Same(_table, _table.Under(File with { Global = new() { RouterId = "x" } }, out _));
    }

    [Fact]
    public void FileGetsTheServiceThatWasAddedByHand_TheFileCounts()
    {
        Obey(new HandOrder.AddService(New, Rr));
        Configuration next = File with
        {
            VirtualServers = File.VirtualServers.Add(new VirtualServerConfig(New.Address, Nowhere) { Algorithm = LoadBalanceAlgorithm.Sh }),
        };
        Assert.Equal(LoadBalanceAlgorithm.Sh, _table.Under(next, out _).Over(next).VirtualServers[1].Algorithm);
    }

    [Fact]
    public void WhatCannotBe_IsRefused_AndChangesNothing()
    {
        foreach ((HandOrder order, HandRefusal why) in new (HandOrder, HandRefusal)[]
        {
            (new HandOrder.AddService(Web, Rr), HandRefusal.ServiceExists),
            (new HandOrder.EditService(New, Rr), HandRefusal.NoSuchService),
            (new HandOrder.DeleteService(New), HandRefusal.NoSuchService),
            (new HandOrder.AddServer(New, One, Dr), HandRefusal.ServiceOfServerMissing),
            (new HandOrder.AddServer(Web, One, Dr), HandRefusal.ServerExists),
            (new HandOrder.EditServer(Web, Three, Dr), HandRefusal.NoSuchServer),
            (new HandOrder.DeleteServer(Web, Three), HandRefusal.NoSuchServer),
            (new HandOrder.AddServer(Web, Three, Dr with { UpperThreshold = 3, LowerThreshold = 4 }), HandRefusal.LimitsReversed),
        })
        {
            Assert.Equal(why, _table.TryObey(order, File, out HandTable next));
            Assert.Same(_table, next);
        }
    }

    private static Configuration File { get; } = new()
    {
        VirtualServers =
        [
            new VirtualServerConfig(Web.Address, Nowhere)
            {
                Kind = LoadBalanceKind.Dr,
                RealServers =
                [
                    new RealServerConfig(One, Nowhere) { Kind = LoadBalanceKind.Dr, Weight = 3, Checks = [new TcpCheckConfig(Nowhere)] },
                    new RealServerConfig(Two, Nowhere) { Kind = LoadBalanceKind.Dr, Weight = 3 },
                ],
            },
        ],
    };

    private static TransportEndpoint End(string text) => new(IpAddress.Parse(text.Split(':')[0]), 80);

    private static ServiceKey Key(string text) => new(TransportProtocol.Tcp, End(text));

    private void Obey(HandOrder order) => Assert.Equal(HandRefusal.None, _table.TryObey(order, File, out _table));
}
