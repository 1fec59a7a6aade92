using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Pointsman.App.Run;
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
            "--set 1 2 3",
            "nonsense");

        Assert.Equal(["", "Destination already exists", "", "No such destination", "set", "Try `ipvsadm -h' or 'ipvsadm --help' for more information."], refusals);
        Configuration now = Assert.Single(_applied);
        Assert.Equal(2, Assert.Single(now.VirtualServers[0].RealServers).Weight);
        Assert.Equal(2, now.VirtualServers.Length);
        Assert.Equal(1, _touched);
    }

    [Fact]
    public void Restart_RemembersAll()
    {
        ByHandPart part = NewPart();
        Obey(part, "-A -t 10.0.0.201:80 -s sh -p 60 -M 255.255.255.0 -b flag-2", "-a -t 10.0.0.201:80 -r 10.0.0.1:81 -m -w 2 -x 9 -y 4", "-D -t 10.0.0.200:80", "-A -u 10.0.0.200:53 -s rr -o");
        Assert.Equal(4, part.Table.Entries.Length);
        Assert.Equal(part.Table.Entries, NewPart().Table.Entries);
    }

    [Fact]
    public void DataPathRefuses_NothingIsKept_AndAllAreTold()
    {
        ByHandPart part = NewPart();
        Assert.Equal(["too many"], part.Obey(["-C"], File, _ => "too many", _ => null, (_, _) => _touched++).Refusals);
        Assert.Equal(HandTable.Empty, part.Table);
        Assert.Equal(0, _touched);
        Assert.Empty(NewPart().Table.Entries);
    }

    [Fact]
    public void NothingChanges_NothingIsApplied()
    {
        Obey(NewPart(), "--set 1 2 3", "-D -t 10.0.0.202:80");
        Assert.Empty(_applied);
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
        configuration =>
        {
            _applied.Add(configuration);
            return null;
        },
        _ => "set",
        (_, _) => _touched++).Refusals;
}
