namespace Pointsman.Lab.Tests;

/// <summary>The edge of a CDN: two addresses in one sync group, a track script that operators use as a lever.</summary>
public sealed class CdnTests(CdnTests.Cdn cdn) : IClassFixture<CdnTests.Cdn>
{
    private static readonly string[] Addresses = ["10.20.0.100", "10.20.0.101"];

    [Fact]
    public void MaintenanceFile_MovesBothAddresses_RemovedTheyReturn()
    {
        RunningLab lab = cdn.Settled();

        lab.MachineOf("lb1").RunChecked(["touch", "/etc/keepalived/maintenance"]);
        lab.View.WaitForMaster("lb2", PointsmanLab.StateLimit);
        Assert.All(Addresses, address => Assert.Equal(["lb2"], lab.View.HoldersOf(address)));
        Assert.All(Addresses, address => Assert.NotNull(cdn.Ask(address)));

        lab.MachineOf("lb1").RunChecked(["rm", "/etc/keepalived/maintenance"]);
        lab.View.WaitForMaster("lb1", PointsmanLab.StateLimit);
    }

    [Fact]
    public void BothAddresses_FourRequestsInTurn_EveryCacheServes()
    {
        RunningLab lab = cdn.Settled();

        foreach (string address in Addresses)
        {
            HashSet<string?> servers = [.. Enumerable.Range(0, 8).Select(_ => cdn.Ask(address))];
            Assert.Equal(4, servers.Count);
            Assert.DoesNotContain(null, servers);
        }
    }

    public sealed class Cdn() : PointsmanLab("cdn");
}
