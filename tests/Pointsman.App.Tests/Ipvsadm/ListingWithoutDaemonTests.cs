using Pointsman.App.Ipvsadm;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tests;

namespace Pointsman.App.Tests.Ipvsadm;

/// <summary>Nobody takes what is over out of the counts: the command that lists does, before it lists.</summary>
public sealed class ListingWithoutDaemonTests
{
    [Fact]
    public void ConnectionsAreOver_NoDaemonSweeps_ListingsCountThoseThatThereAre()
    {
        using var plane = new TestPlane();
        var player = new IpvsPlayer(plane);
        player.Do("ipvsadm -A -t 192.0.2.100:80 -s wlc");
        player.Do("ipvsadm -a -t 192.0.2.100:80 -r 10.0.0.1:80 -g -x 10 -y 5");
        player.Do("send S 203.0.113.5:1001-1010 192.0.2.100:80");

        plane.Age(TimeSpan.FromHours(1));

        // A daemon would do it within the second.
        Assert.Equal((10L, 0L), Listed(plane));
        plane.StopSweeping(TimeSpan.FromSeconds(PmLimit.LateSeconds + 1));
        Assert.Equal((0L, 0L), Listed(plane));
        Assert.Equal([(0, 0)], plane.Loads());
    }

    private static (long Active, long Inactive) Listed(TestPlane plane)
    {
        IpvsServer server = DataplaneTables.Read(plane.Pins)!.Services.Single().Servers.Single();
        return (server.Active, server.Inactive);
    }
}
