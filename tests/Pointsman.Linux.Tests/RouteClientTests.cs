using System.Diagnostics;
using Pointsman.Base;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;
using Xunit;

namespace Pointsman.Linux.Tests;

public sealed class RouteClientTests
{
    private static readonly IpPrefix s_vip = new(IpAddress.Parse("192.0.2.100"), 32);

    [Fact]
    public void Address_AddedTwiceAndDeletedTwice_SecondTimeIsFalse()
    {
        using var namespaces = Namespaces.Create();
        using RouteClient client = NetworkNamespace.InNamed(namespaces.Left, () => new RouteClient());
        NetworkLink link = client.FindLink("v0")!;
        var address = new InterfaceAddress(link.Index, s_vip) { Label = "v0:7" };

        Assert.True(client.TryAddAddress(address));
        Assert.False(client.TryAddAddress(address));
        InterfaceAddress seen = Assert.Single(client.Addresses(link.Index), found => found.Prefix == s_vip);
        Assert.Equal("v0:7", seen.Label);
        Assert.Equal(AddressScope.Global, seen.Scope);
        Assert.True(client.TryDeleteAddress(address));
        Assert.False(client.TryDeleteAddress(address));
        Assert.DoesNotContain(client.Addresses(), found => found.Prefix == s_vip);
    }

    [Fact]
    public void Address_V6HostAddress_IsThereAtOnceAndDeprecatedIfAsked()
    {
        using var namespaces = Namespaces.Create();
        using RouteClient client = NetworkNamespace.InNamed(namespaces.Left, () => new RouteClient());
        int index = client.FindLink("v0")!.Index;
        var prefix = IpPrefix.Host(IpAddress.Parse("2001:db8::100"));

        Assert.True(client.TryAddAddress(new InterfaceAddress(index, prefix) { IsDeprecated = true }));

        Assert.True(Assert.Single(client.Addresses(index), found => found.Prefix == prefix).IsDeprecated);
    }

    [Fact]
    public void Address_WithAllThatCanBeSaidOfIt_StandsSoOnTheInterface()
    {
        using var namespaces = Namespaces.Create();
        using RouteClient client = NetworkNamespace.InNamed(namespaces.Left, () => new RouteClient());
        int index = client.FindLink("v0")!.Index;
        var address = new InterfaceAddress(index, new IpPrefix(IpAddress.Parse("198.51.100.7"), 24))
        {
            Scope = AddressScope.Link,
            Broadcast = IpAddress.Parse("198.51.100.255"),
            Traits = AddressTraits.NoPrefixRoute,
        };
        var pointToPoint = new InterfaceAddress(index, new IpPrefix(IpAddress.Parse("203.0.113.1"), 32))
        {
            Peer = IpAddress.Parse("203.0.113.2"),
        };

        Assert.True(client.TryAddAddress(address));
        Assert.True(client.TryAddAddress(pointToPoint));

        string seen = Show(namespaces.Left);
        Assert.Contains("inet 198.51.100.7/24 brd 198.51.100.255 scope link noprefixroute v0", seen, StringComparison.Ordinal);
        Assert.Contains("inet 203.0.113.1 peer 203.0.113.2/32 scope global v0", seen, StringComparison.Ordinal);
        Assert.True(client.TryDeleteAddress(address));
        Assert.True(client.TryDeleteAddress(pointToPoint));
    }

    [Fact]
    public void Address_OnMissingInterface_ThrowsWithTheKernelsWords()
    {
        using var namespaces = Namespaces.Create();
        using RouteClient client = NetworkNamespace.InNamed(namespaces.Left, () => new RouteClient());

        var failure = Assert.Throws<ErrnoException>(() => client.TryAddAddress(new InterfaceAddress(9999, s_vip)));

        Assert.Equal(Errno.NoDevice, failure.Errno);
        Assert.NotNull(failure.Detail);
        Assert.StartsWith("RTM_NEWADDR 192.0.2.100/32: No such device (errno 19): ", failure.Message, StringComparison.Ordinal);
        Assert.False(client.TryDeleteAddress(new InterfaceAddress(9999, s_vip)));
        Assert.Empty(client.Addresses(9999));
        Assert.Null(client.FindLink("nosuch0"));
    }

    [Fact]
    public void Links_UpAndDown_AreTold()
    {
        using var namespaces = Namespaces.Create();
        using RouteClient client = NetworkNamespace.InNamed(namespaces.Left, () => new RouteClient());
        NetworkLink up = client.FindLink("v0")!;
        Assert.True(up.IsUsable);
        Assert.True(up.UsesArp);
        Assert.NotNull(up.Mac);
        Assert.Equal(1500, up.Mtu);
        Assert.Equal(["lo", "v0"], client.Links().Select(link => link.Name).Order(StringComparer.Ordinal));

        // The other end goes down: switched on here, but nothing carries.
        Namespaces.Ip($"-n {namespaces.Right} link set v0 down");

        NetworkLink down = client.FindLink("v0")!;
        Assert.True(down.IsUp);
        Assert.False(down.IsRunning);
        Assert.True(client.FindLink("lo")!.IsLoopback);
    }

    [Theory]
    [InlineData("198.51.100.0/24", "192.0.2.2", "198.51.100.9")]
    [InlineData("2001:db8:7::/64", "fe80::7", "2001:db8:7::9")]
    public void Route_WithAnMtu_SaysIt(string to, string via, string target)
    {
        using var namespaces = Namespaces.Create();
        Namespaces.Ip($"-n {namespaces.Left} route add {to} via {via} dev v0");
        using RouteClient client = NetworkNamespace.InNamed(namespaces.Left, () => new RouteClient());
        Assert.Null(client.LookupRoute(IpAddress.Parse(target))!.Mtu);
        Namespaces.Ip($"-n {namespaces.Left} route change {to} via {via} dev v0 mtu 1400");
        Assert.Equal(1400, client.LookupRoute(IpAddress.Parse(target))!.Mtu);
    }

    [Fact]
    public void Route_OnLinkByGatewayLocalAndNowhere_AreToldApart()
    {
        using var namespaces = Namespaces.Create();
        Namespaces.Ip($"-n {namespaces.Left} route add 198.51.100.0/24 via 192.0.2.2");
        Namespaces.Ip($"-n {namespaces.Left} route add prohibit 203.0.113.0/24");
        using RouteClient client = NetworkNamespace.InNamed(namespaces.Left, () => new RouteClient());
        int index = client.FindLink("v0")!.Index;
        IpAddress own = IpAddress.Parse("192.0.2.1");
        IpAddress peer = IpAddress.Parse("192.0.2.2");

        Assert.Equal(new RouteAnswer(index, null, own, IsLocal: false), client.LookupRoute(peer));
        Assert.Equal(new RouteAnswer(index, peer, own, IsLocal: false), client.LookupRoute(IpAddress.Parse("198.51.100.9")));
        Assert.True(client.LookupRoute(own)!.IsLocal);
        Assert.Null(client.LookupRoute(IpAddress.Parse("203.0.113.1")));
        Assert.Null(client.LookupRoute(IpAddress.Parse("8.8.8.8")));
    }

    [Fact]
    public void Neighbour_Probed_IsResolvedAndTheMonitorTells()
    {
        using var namespaces = Namespaces.Create();
        (RouteClient client, NetworkMonitor monitor) = NetworkNamespace.InNamed(
            namespaces.Left, () => (new RouteClient(), new NetworkMonitor(NetworkTopics.Neighbours)));
        using RouteClient ownedClient = client;
        using NetworkMonitor ownedMonitor = monitor;
        int index = client.FindLink("v0")!.Index;
        IpAddress peer = IpAddress.Parse("192.0.2.2");
        Assert.Null(client.FindNeighbour(index, peer));

        Assert.True(client.TryProbeNeighbour(index, peer));

        Neighbour heard = ((NetworkEvent.NeighbourChanged)WaitFor(
            monitor, happened => happened is NetworkEvent.NeighbourChanged { Neighbour.IsValid: true })).Neighbour;
        Assert.Equal(peer, heard.Address);
        Assert.Equal(heard.Mac, client.FindNeighbour(index, peer)!.Mac);
        Assert.Contains(client.Neighbours(index), neighbour => neighbour.Address == peer && neighbour.IsValid);
        Assert.False(client.TryProbeNeighbour(9999, peer));
    }

    // Nobody has the address; the entry is all there is.
    [Fact]
    public void Neighbour_SetForGood_IsProbed_StaysAsItIs()
    {
        using var namespaces = Namespaces.Create();
        using RouteClient client = NetworkNamespace.InNamed(namespaces.Left, () => new RouteClient());
        int index = client.FindLink("v0")!.Index;
        IpAddress set = IpAddress.Parse("192.0.2.77");
        client.SetNeighbour(index, set, new MacAddress(0x0200_0000_0077));

        Assert.True(client.TryProbeNeighbour(index, set));

        Neighbour? after = client.FindNeighbour(index, set);
        Assert.Equal((NeighbourState.Permanent, true), (after?.State, after?.IsValid));
    }

    [Fact]
    public void Monitor_AddressesAndLinks_AreTold()
    {
        using var namespaces = Namespaces.Create();
        using NetworkMonitor monitor = NetworkNamespace.InNamed(
            namespaces.Left, () => new NetworkMonitor(NetworkTopics.Links | NetworkTopics.Addresses | NetworkTopics.Routes));

        Namespaces.Ip($"-n {namespaces.Left} addr add {s_vip} dev v0");
        Namespaces.Ip($"-n {namespaces.Left} addr del {s_vip} dev v0");
        Namespaces.Ip($"-n {namespaces.Left} link set v0 down");
        Namespaces.Ip($"-n {namespaces.Left} link del v0");

        WaitFor(monitor, happened => happened is NetworkEvent.AddressAdded added && added.Address.Prefix == s_vip);
        WaitFor(monitor, happened => happened is NetworkEvent.AddressRemoved removed && removed.Address.Prefix == s_vip);
        WaitFor(monitor, happened => happened is NetworkEvent.LinkChanged { Link.IsUp: false });
        WaitFor(monitor, happened => happened is NetworkEvent.LinkRemoved { Name: "v0" });
    }

    [Fact]
    public void Monitor_ReadTooLate_SaysResync()
    {
        using var namespaces = Namespaces.Create();
        (RouteClient client, NetworkMonitor monitor) = NetworkNamespace.InNamed(
            namespaces.Left, () => (new RouteClient(), new NetworkMonitor(NetworkTopics.Addresses)));
        using RouteClient ownedClient = client;
        using NetworkMonitor ownedMonitor = monitor;
        var address = new InterfaceAddress(client.FindLink("v0")!.Index, s_vip);
        for (int i = 0; i < 2000; i++)
        {
            client.TryAddAddress(address);
            client.TryDeleteAddress(address);
        }

        WaitFor(monitor, happened => happened is NetworkEvent.Resync);
    }

    // Events already received but not matched stay queued for the next wait.
    private readonly List<NetworkEvent> _pending = [];

    private NetworkEvent WaitFor(NetworkMonitor monitor, Predicate<NetworkEvent> isWanted)
    {
        using var poll = new EventPoll();
        poll.Add(monitor.Descriptor, 1);
        Instant limit = MonotonicClock.Now + TimeSpan.FromSeconds(5);
        while (true)
        {
            int found = _pending.FindIndex(isWanted);
            if (found >= 0)
            {
                NetworkEvent match = _pending[found];
                _pending.RemoveRange(0, found + 1);
                return match;
            }

            Assert.True(MonotonicClock.Now < limit, "the awaited event did not come");
            poll.Wait(timeoutMs: 200);
            monitor.Receive(_pending);
        }
    }

    private static string Show(string name)
    {
        var start = new ProcessStartInfo("ip", ["-n", name, "-4", "addr", "show", "dev", "v0"]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        return process.StandardOutput.ReadToEnd();
    }
}
