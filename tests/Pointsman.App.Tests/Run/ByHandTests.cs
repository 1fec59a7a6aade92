using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Pointsman.App.Ipvsadm;
using Pointsman.App.Run;
using Pointsman.App.Tests.Ipvsadm;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Engine.ByHand;

namespace Pointsman.App.Tests.Run;

/// <summary>Orders by hand inside the daemon: applied together, answered one by one, remembered.</summary>
public sealed class ByHandTests : IDisposable
{
    private static readonly SourceSpan Nowhere = new("test.conf", 1, 1, 1);

    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-by-hand-").FullName;
    private readonly List<Configuration> _applied = [];
    private (Func<VirtualServerConfig, bool> IsTooMuch, string Why) _limit = (_ => false, "");
    private int _touched;

    private static Configuration File { get; } = new()
    {
        VirtualServers = [new VirtualServerConfig(new TransportEndpoint(IpAddress.Parse("10.0.0.200"), 80), Nowhere) { Kind = LoadBalanceKind.Dr }],
    };

    [Fact]
    public void Orders_AreAppliedOnce_RefusalsStandAtTheirPlace()
    {
        ByHandPart part = NewPart();
        ImmutableArray<string> refusals = Obey(
            part,
            "-a -t 10.0.0.200:80 -r 10.0.0.1:0 -g -w 2 -x 0 -y 0",
            "-a -t 10.0.0.200:80 -r 10.0.0.1:0 -g -w 2 -x 0 -y 0",
            "-A -t 10.0.0.201:80 -s rr -p 60 -M 255.255.255.0",
            "-d -t 10.0.0.201:80 -r 10.0.0.1:80",
            "-Z",
            "nonsense");

        Assert.Equal(["", "Destination already exists", "", "No such destination", "beside", "Try `ipvsadm -h' or 'ipvsadm --help' for more information."], refusals);
        Configuration now = Assert.Single(_applied);
        Assert.Equal(2, Assert.Single(now.VirtualServers[0].RealServers).Weight);
        Assert.Equal(2, now.VirtualServers.Length);
        Assert.Equal(1, _touched);
    }

    [Fact]
    public void Restart_RemembersAll()
    {
        ByHandPart part = NewPart();
        Obey(part, "-A -t 10.0.0.201:80 -s sh -p 60 -M 255.0.255.0 -b flag-2", "-a -t 10.0.0.201:80 -r 10.0.0.1:81 -m -w 2 -x 9 -y 4", "-D -t 10.0.0.200:80", "-A -u 10.0.0.200:53 -s rr -o",
            "-A -u 10.0.0.200:5060 -s rr -p 60 --pe sip");
        Assert.Equal(5, part.Table.Entries.Length);
        Assert.Equal(part.Table.Entries, NewPart().Table.Entries);
    }

    [Fact]
    public void DataPathCannotBeMade_NothingIsKept_AndAllAreTold()
    {
        ByHandPart part = NewPart();
        Assert.Equal(["too many"], part.Obey(["-C"], File, new HandEffects(_ => null, _ => "too many", _ => null, (_, _) => _touched++)).Refusals);
        Assert.Equal(HandTable.Empty, part.Table);
        Assert.Equal(0, _touched);
        Assert.Empty(NewPart().Table.Entries);
    }

    [Fact]
    public void NothingChanges_NothingIsApplied()
    {
        Obey(NewPart(), "-Z", "-D -t 10.0.0.202:80");
        Assert.Empty(_applied);
    }

    /// <summary>As if the lines came one by one: a line that the data path refuses takes none with it but those that build on it.</summary>
    [Fact]
    public void DataPathRefusesALine_TheOthersAreCarriedOut()
    {
        ByHandPart part = NewPart();
        _limit = (server => server.Address.Port == 84, "no port 84");
        ImmutableArray<string> refusals = Obey(
            part,
            "-A -t 10.0.0.201:81 -s rr", "-A -t 10.0.0.201:82 -s rr", "-A -t 10.0.0.201:84 -s rr", "-a -t 10.0.0.201:84 -r 10.0.0.1:84",
            "-A -t 10.0.0.201:84 -s sh", "-A -t 10.0.0.201:85 -s rr", "-A -t 10.0.0.201:85 -s rr");
        Assert.Equal(["", "", "no port 84", "Service not defined", "no port 84", "", "Service already exists"], refusals);
        Assert.Equal([80, 81, 82, 85], Assert.Single(_applied).VirtualServers.Select(server => (int)server.Address.Port).Order());
    }

    /// <summary>What stands beside the tables is carried out between the lines before and behind it.</summary>
    [Fact]
    public void Zero_ComesAfterWhatWasOrderedBefore()
    {
        var order = new List<string>();
        HandEffects effects = new(
            _ => null,
            configuration =>
            {
                order.Add($"{configuration.VirtualServers.Length} services");
                return null;
            },
            request =>
            {
                order.Add($"zero {request.Service!.Name}");
                return null;
            },
            (_, _) => { });
        NewPart().Obey(["-A -t 10.0.0.201:80 -s rr", "-Z -t 10.0.0.201:80", "-D -t 10.0.0.201:80"], File, effects);
        Assert.Equal(["2 services", "zero TCP 10.0.0.201:80", "1 services"], order);
    }

    [Fact]
    public void Timeouts_AreSetByHand_UntilTheFileSaysOtherwise()
    {
        ByHandPart part = NewPart();
        Assert.Equal(["", ""], Obey(part, "--set 100 0 0", "--set 0 50 0"));
        Assert.Equal("tcp 100 tcpfin 50", string.Join(' ', _applied[^1].Global.LvsTimeouts!.Words));
        Assert.Equal(["timeouts: tcp 100 tcpfin 50"], NewPart().Table.Lines);
        Assert.Equal(
            new IpvsTimeouts(TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(300)),
            IpvsadmProgram.WithNotes(pinned: null, new RunPaths(_folder, "/nowhere")).Timeouts);

        part.OnFile(File);
        Assert.Single(part.Table.Lines);
        part.OnFile(File with { Global = File.Global with { LvsTimeouts = new LvsTimeoutsConfig(TimeSpan.FromSeconds(7), null, null) } });
        Assert.Empty(part.Table.Lines);
    }

    // A daemon that had services left its tables; the next has none, and leaves them alone.
    [Fact]
    public void Timeouts_OfTablesLeftWithoutServices_AreThoseSetByHand()
    {
        Obey(NewPart(), "--set 100 0 0");
        IpvsTables left = IpvsTables.Empty with
        {
            Timeouts = new IpvsTimeouts(TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(9)),
        };
        var paths = new RunPaths(_folder, "/nowhere");
        Assert.Equal("Timeout (tcp tcpfin udp): 100 8 9\n", IpvsadmRun.Of("-L --timeout", IpvsadmProgram.WithNotes(left, paths)).Output);

        IpvsTables balanced = left with { Services = [new IpvsService(new ServiceKey(TransportProtocol.Tcp, default), "rr", null, default, [])] };
        Assert.Equal("Timeout (tcp tcpfin udp): 7 8 9\n", IpvsadmRun.Of("-L --timeout", IpvsadmProgram.WithNotes(balanced, paths)).Output);
    }

    [Fact]
    public void TimeoutsThatNobodySpeaksOfAnyMore_AreTheUsualOnes()
    {
        var before = new LvsTimeoutsConfig(TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8), null);
        Assert.Equal(
            (TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(120), TimeSpan.Zero),
            DirectorPart.NextTimeouts(new LvsTimeoutsConfig(TimeSpan.FromSeconds(9), null, null), before));
        Assert.Equal((TimeSpan.FromSeconds(900), TimeSpan.FromSeconds(120), TimeSpan.Zero), DirectorPart.NextTimeouts(null, before));
    }

    [Fact]
    public void FileThatSaysOtherwise_EndsIt_AlsoInTheMemory()
    {
        ByHandPart part = NewPart();
        Obey(part, "-E -t 10.0.0.200:80 -s rr");
        part.OnFile(File with { VirtualServers = [File.VirtualServers[0] with { Algorithm = LoadBalanceAlgorithm.Sh }] });
        Assert.Empty(part.Table.Entries);
        Assert.Empty(NewPart().Table.Entries);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""[{"Protocol":"Carrier","Address":"10.0.0.1"}]""")]
    [InlineData("""[{"Protocol":"Tcp","Address":"ten"}]""")]
    public void DamagedMemory_IsForgotten(string text)
    {
        System.IO.File.WriteAllText(Path.Combine(_folder, "by-hand.json"), text);
        Assert.Empty(NewPart().Table.Entries);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ByHandPart NewPart() => new(new RunPaths(_folder, "/nowhere"), NullLogger.Instance);

    private ImmutableArray<string> Obey(ByHandPart part, params ImmutableArray<string> lines) => part.Obey(
        lines,
        File,
        new HandEffects(
            configuration => configuration.VirtualServers.Any(_limit.IsTooMuch) ? _limit.Why : null,
            configuration =>
            {
                _applied.Add(configuration);
                return null;
            },
            _ => "beside",
            (_, _) => _touched++)).Refusals;
}
