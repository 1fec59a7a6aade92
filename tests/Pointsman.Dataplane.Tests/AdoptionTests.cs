using Pointsman.Balance;

namespace Pointsman.Dataplane.Tests;

/// <summary>The data path outlives the process that made it.</summary>
public sealed class AdoptionTests : IDisposable
{
    private readonly TestPlane _plane = new();

    [Fact]
    public void Restart_FindsServicesConnectionsCountsAndLeases()
    {
        _plane.Apply(TestPlane.Leased([.. TestPlane.Servers(2)]));
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5));
        byte chosen = _plane.Connect(1000);
        _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack });
        DataplaneSnapshot before = _plane.Plane.ReadSnapshot();

        _plane.Restart();

        Assert.True(_plane.Plane.Adopted);
        Assert.Empty(_plane.Plane.Notes);
        DataplaneSnapshot after = _plane.Plane.ReadSnapshot();
        Assert.Equal(before.Services[0].Servers, after.Services[0].Servers);
        Assert.Equal(before.Verdicts["forwarded"], after.Verdicts["forwarded"]);
        Assert.Equal(TestPlane.MacOf(chosen), _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack }).TargetMac);
        _plane.Apply(TestPlane.Leased([.. TestPlane.Servers(2)]));
        Assert.Equal(TestPlane.MacOf(chosen), _plane.Send(new Frame { SourcePort = 1000, Flags = TcpFlags.Ack }).TargetMac);
        Assert.Equal(1, _plane.Plane.ReadSnapshot().Connections);
    }

    [Theory]
    [InlineData(SchedulerKind.Rr)]
    [InlineData(SchedulerKind.Wrr)]
    public void Restart_SchedulerGoesOnWhereItWas(SchedulerKind scheduler)
    {
        PlannedServer[] servers = [TestPlane.Server(1, weight: 2), TestPlane.Server(2), TestPlane.Server(3, weight: 3)];
        string Order(ushort from, int count) => string.Concat(
            Enumerable.Range(from, count).Select(port => _plane.Connect((ushort)port)));
        _plane.Apply(TestPlane.Service(scheduler, [.. servers]));
        string whole = Order(1000, 24);
        _plane.Apply();
        _plane.ExpireAll();
        _plane.Sweep();

        _plane.Apply(TestPlane.Service(scheduler, [.. servers]));
        string parts = Order(1000, 7);
        _plane.Restart();
        _plane.Apply(TestPlane.Service(scheduler, [.. servers]));
        parts += Order(2000, 17);

        Assert.Equal(whole, parts);
    }

    [Fact]
    public void NobodyHoldsIt_PacketsAreForwarded_AndItCanBeRead()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(2)]));
        _plane.Connect(1000);
        _plane.Plane.Dispose();

        Assert.Equal(Linux.Bpf.XdpAction.Tx, _plane.Run(new Frame { SourcePort = 1001 }.Build(), new byte[60]).Action);
        using XdpDataplaneReader reader = XdpDataplaneReader.TryOpen(_plane.Pins)!;
        Assert.Equal(2, reader.ReadSnapshot().Services[0].Totals.Connections);
        Assert.Equal(2, reader.ReadConnections().Count);
        Assert.Equal(TimeSpan.FromSeconds(900), reader.Timeouts.Tcp);
        _plane.Restart();
    }

    [Fact]
    public void AnotherLayoutIsPinned_IsReplaced_AndSaysSo()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));
        _plane.WithTables(tables => tables.Settings[0].Layout = 99);

        _plane.Restart();

        Assert.False(_plane.Plane.Adopted);
        Assert.Contains("another version", Assert.Single(_plane.Plane.Notes), StringComparison.Ordinal);
        Assert.Empty(_plane.Plane.ReadSnapshot().Services);
    }

    [Fact]
    public void PinsOfAFormerLayout_AreRemoved()
    {
        string former = Path.Combine(_plane.Pins, "v0");
        Directory.CreateDirectory(former);
        _plane.WithTables(tables => tables.Services.Pin(Path.Combine(former, "pm_services")));
        _plane.WithTables(tables => tables.Settings[0].Layout = 99);

        _plane.Restart();

        Assert.False(Directory.Exists(former));
    }

    [Fact]
    public void HalfOfThePinsAreGone_TheRestIsReplaced()
    {
        File.Delete(new Tables.PinPaths(_plane.Pins).Of(Tables.Names.Loads));
        _plane.Restart();
        Assert.False(_plane.Plane.Adopted);
    }

    [Fact]
    public void AnotherTableSizeIsWished_TheConnectionsAreKept_AndItSaysSo()
    {
        _plane.Plane.Dispose();
        using XdpDataplane plane = XdpDataplane.Open(
            new DataplaneOptions { PinDirectory = _plane.Pins, ConnectionCapacity = 1 << 14 });

        Assert.True(plane.Adopted);
        Assert.Contains("65536", Assert.Single(plane.Notes), StringComparison.Ordinal);
        _plane.Restart();
    }

    [Fact]
    public void Purge_NothingIsLeft()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)));

        _plane.Plane.Purge();

        Assert.False(Directory.Exists(_plane.Pins));
        Assert.Null(XdpDataplaneReader.TryOpen(_plane.Pins));
    }

    [Fact]
    public void NotOnABpfFileSystem_IsRefusedInOneLine()
    {
        string elsewhere = Directory.CreateTempSubdirectory("pointsman-dataplane-").FullName;
        var refused = Assert.Throws<DataplaneException>(
            () => XdpDataplane.Open(new DataplaneOptions { PinDirectory = elsewhere }));
        Directory.Delete(elsewhere);

        Assert.Equal(
            $"{elsewhere} is not on a bpf file system: choose a directory below /sys/fs/bpf", refused.Message);
    }

    [Fact]
    public void InterfaceThatIsNotThere_IsRefusedInOneLine_ThePlanIsInPlace()
    {
        var refused = Assert.Throws<DataplaneException>(() => _plane.Plane.Apply(
            TestPlane.Plan(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1))) with { InterfaceIndexes = [1_000_000] }));

        Assert.Contains("interface 1000000 does not exist", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, _plane.Connect(1000));
    }

    public void Dispose() => _plane.Dispose();
}
