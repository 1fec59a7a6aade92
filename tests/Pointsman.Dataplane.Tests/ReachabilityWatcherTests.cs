using System.Collections.Concurrent;
using System.Diagnostics;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.NextHops;

namespace Pointsman.Dataplane.Tests;

/// <summary>What is told of a server first: a daemon that takes tables over builds its first plan by it.</summary>
public sealed class ReachabilityWatcherTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private readonly Wire _wire = new();
    private readonly BlockingCollection<Reachability> _told = [];

    // The kernel has forgotten it, and it answers late.
    [Fact]
    public void ServerThatAnswersWithinThePatience_IsNeverToldAsLost()
    {
        Link("down");
        using ReachabilityWatcher watcher = Watch(s_limit);
        Assert.False(_told.TryTake(out Reachability? early, TimeSpan.FromSeconds(1)), $"{early}");
        Link("up");
        Assert.IsType<Reachability.Via>(First());
    }

    [Fact]
    public void ServerThatDoesNot_IsToldAsLost_AndThenAsFound()
    {
        Link("down");
        using ReachabilityWatcher watcher = Watch(TimeSpan.FromMilliseconds(200));
        Assert.IsType<Reachability.Unresolved>(First());
        Link("up");
        Assert.IsType<Reachability.Via>(First());
    }

    [Fact]
    public void NoPatience_NothingIsWaitedFor()
    {
        Link("down");
        using ReachabilityWatcher watcher = Watch(default);
        Assert.IsType<Reachability.Unresolved>(First());
    }

    // How much a tunnel to it takes.
    [Fact]
    public void RouteThatTakesLessThanItsLink_IsToldWithTheWay()
    {
        Link("up");
        using ReachabilityWatcher watcher = Watch(s_limit);
        Assert.Equal(1500, Assert.IsType<Reachability.Via>(First()).Mtu);
        Ip("-n", _wire.NameOf("director"), "route", "add", "10.77.0.3/32", "dev", "v0", "mtu", "1400");
        Assert.Equal(1400, Assert.IsType<Reachability.Via>(First()).Mtu);
    }

    public void Dispose()
    {
        _wire.Dispose();
        _told.Dispose();
    }

    private Reachability First()
    {
        Assert.True(_told.TryTake(out Reachability? way, s_limit), "nothing is told");
        return way;
    }

    private ReachabilityWatcher Watch(TimeSpan patience) => _wire.In("director", () =>
    {
        var watcher = new ReachabilityWatcher(
            [IpAddress.Parse("10.77.0.3")],
            ways =>
            {
                foreach ((_, Reachability way) in ways)
                {
                    _told.Add(way);
                }
            },
            broken => _told.Add(new Reachability.Unresolved(broken.ToString())),
            patience);
        watcher.Start();
        return watcher;
    });

    private void Link(string state) => Ip("-n", _wire.NameOf("server1"), "link", "set", "v0", state);

    private static void Ip(params string[] words)
    {
        using Process ip = Process.Start("ip", words);
        ip.WaitForExit();
        Assert.Equal(0, ip.ExitCode);
    }
}
