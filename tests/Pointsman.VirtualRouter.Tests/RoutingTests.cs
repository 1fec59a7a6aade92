using System.Diagnostics;
using Pointsman.Base;
using Pointsman.Base.Routing;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Routes and rules that move with the addresses, and those that stay.</summary>
public sealed class RoutingTests : IDisposable
{
    private readonly Network _network = Network.Create();
    private readonly Node _node;

    public RoutingTests() => _node = new Node(_network.AddMachine(1), priority: 100);

    public void Dispose()
    {
        _node.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void Master_HasThem_LeavingTakesThemAway()
    {
        _node.Settings = _node.Settings with { Bindings = [_node.Settings.Bindings[0] with { Routes = [Route("10.77.0.0/16"), Route6()], Rules = [Rule()] }] };
        StartAsMaster();
        Node.WaitUntil(() => Routes().Contains("10.77.0.0/16 via 10.9.0.9 dev eth0 proto keepalived src 10.9.0.100 metric 7", StringComparison.Ordinal), Routes);
        Assert.Contains("2001:db8:77::/48 via 2001:db8:9::9 dev eth0 table 77 proto keepalived", Routes("-6"), StringComparison.Ordinal);
        Assert.Contains("700:\tfrom 10.77.0.0/16 fwmark 0x5 ipproto tcp dport 80 lookup 77 proto keepalived", Rules(), StringComparison.Ordinal);

        Assert.True(_node.Client.Stop(Node.Patience));
        Assert.DoesNotContain("10.77", Routes() + Rules(), StringComparison.Ordinal);
        Assert.DoesNotContain("2001:db8:77", Routes("-6"), StringComparison.Ordinal);
        Assert.DoesNotContain(_node.Said(), "cannot be", StringComparison.Ordinal);
    }

    // Half of them within the time: a busy machine must not fail the test, nor a slow program pass it.
    [Fact]
    public void TakenAwayBySomeone_AreBackWithinATenthOfASecond_NothingMoves()
    {
        _node.Settings = _node.Settings with { Bindings = [_node.Settings.Bindings[0] with { Routes = [Route("10.77.0.0/16")], Rules = [Rule()] }] };
        StartAsMaster();
        Node.WaitUntil(() => Routes().Contains("10.77.0.0/16", StringComparison.Ordinal), Routes);
        int begin = _node.Count;
        var times = new List<TimeSpan>();
        for (int i = 0; i < 4; i++)
        {
            foreach ((string command, string said) in new[]
            {
                ("route del 10.77.0.0/16 metric 7", "(VI_1) route 10.77.0.0/16 via 10.9.0.9 dev eth0 src 10.9.0.100 metric 7 was removed by another program, restored"),
                ("rule del preference 700", "was removed by another program, restored"),
            })
            {
                int since = _node.Count;
                var watch = Stopwatch.StartNew();
                Network.Ip($"-n {_node.Machine} {command}");
                _node.Expect<RoleEvent.Noted>(note => note.Text.EndsWith(said, StringComparison.Ordinal), since);
                times.Add(watch.Elapsed);
            }
        }

        Assert.True(times.Order().ElementAt(4) < TimeSpan.FromMilliseconds(100), string.Join(' ', times));
        Assert.Contains("10.77.0.0/16 via", Routes(), StringComparison.Ordinal);
        Assert.Contains("700:", Rules(), StringComparison.Ordinal);
        Assert.False(_node.Has(said => said is RoleEvent.StateChanged, begin));
    }

    [Fact]
    public void Untracked_IsLeftAway_UnreachableRouter_IsTriedUntilItIs()
    {
        _node.Settings = _node.Settings with
        {
            Bindings = [_node.Settings.Bindings[0] with { Routes = [Route("10.77.0.0/16") with { IsUntracked = true }, Route("10.78.0.0/16", "10.5.0.9")] }],
        };
        StartAsMaster();
        Node.WaitUntil(() => Routes().Contains("10.77.0.0/16", StringComparison.Ordinal), Routes);
        _node.Expect<RoleEvent.Noted>(note => note.Text.Contains("10.78.0.0/16", StringComparison.Ordinal) && note.Text.Contains("cannot be set", StringComparison.Ordinal));
        Network.Ip($"-n {_node.Machine} route del 10.77.0.0/16");

        Network.Ip($"-n {_node.Machine} addr add 10.5.0.1/24 dev eth0");
        Node.WaitUntil(() => Routes().Contains("10.78.0.0/16 via 10.5.0.9", StringComparison.Ordinal), Routes);
        Assert.DoesNotContain("10.77", Routes(), StringComparison.Ordinal);

        // The kernel takes routes with the link, without a word.
        int since = _node.Count;
        Network.Ip($"-n {_node.Machine} link set eth0 down");
        _node.ExpectState(VrrpState.Fault, since);
        Network.Ip($"-n {_node.Machine} link set eth0 up");
        _node.ExpectState(VrrpState.Master, since);
        Node.WaitUntil(() => Routes().Contains("10.77.0.0/16", StringComparison.Ordinal), Routes);
    }

    [Fact]
    public void Static_StayOnBackups_ChangeByReload_AndAreClearedAfterACrash()
    {
        using var master = new Node(_network.AddMachine(2), priority: 150);
        master.Start();
        master.ExpectState(VrrpState.Master);
        _node.Settings = _node.Settings with
        {
            Static = new StaticNetwork
            {
                Addresses = [new VirtualAddress(new IpPrefix(Node.Address("10.79.0.1"), 24), "eth0")],
                Routes = [Route("10.78.0.0/16", "10.79.0.9", source: null), Route("10.77.0.0/16", "10.79.0.9", source: null)],
                Rules = [Rule()],
            },
        };
        _node.Start();
        _node.ExpectState(VrrpState.Backup);
        Assert.Contains("10.78.0.0/16 via 10.79.0.9", Routes(), StringComparison.Ordinal);
        Assert.Contains("700:", Rules(), StringComparison.Ordinal);

        // With its address the kernel removes a route; both come back.
        int since = _node.Count;
        Network.Ip($"-n {_node.Machine} addr del 10.79.0.1/24 dev eth0");
        _node.Expect<RoleEvent.Noted>(note => note.Text.StartsWith("static address 10.79.0.1/24 dev eth0 was removed", StringComparison.Ordinal), since);
        Node.WaitUntil(() => Routes().Contains("10.78.0.0/16 via 10.79.0.9", StringComparison.Ordinal), Routes);

        _node.Settings = _node.Settings with { Static = _node.Settings.Static with { Routes = [_node.Settings.Static.Routes[0]] } };
        _node.Start();
        Node.WaitUntil(() => !Routes().Contains("10.77", StringComparison.Ordinal), Routes);
        Assert.Contains("10.78.0.0/16 via 10.79.0.9", Routes(), StringComparison.Ordinal);

        _node.Kill();
        _node.Expect<RoleEvent.Exited>(gone => !gone.WasAsked);
        _node.Settings = _node.Settings with { Static = new StaticNetwork() };
        _node.Start();
        Node.WaitUntil(() => !Routes().Contains("10.78", StringComparison.Ordinal), Routes);
        Assert.DoesNotContain("700:", Rules(), StringComparison.Ordinal);
        Assert.False(Network.HasVip(_node.Machine, "10.79.0.1"));
    }

    [Fact]
    public void TrackGroup_IsNotWhole_IsAFaultUntilItIs()
    {
        _node.Change(instance => instance with { TrackGroups = [new VrrpTrack("G", Weight: 0)] });
        _node.Settings = _node.Settings with
        {
            Static = new StaticNetwork { Routes = [Route("10.78.0.0/16", "10.5.0.9", source: null) with { Group = "G" }] },
        };
        _node.Start();
        RoleEvent.StateChanged fault = _node.ExpectState(VrrpState.Fault);
        Assert.Contains("track_group G is not whole", fault.Text, StringComparison.Ordinal);

        Network.Ip($"-n {_node.Machine} addr add 10.5.0.1/24 dev eth0");
        _node.ExpectState(VrrpState.Master);
    }

    [Fact]
    public void NewSettings_WithoutARoute_TakeItAway_TheMasterStaysMaster()
    {
        VirtualRouterSettings plain = _node.Settings;
        _node.Settings = plain with { Bindings = [plain.Bindings[0] with { Routes = [Route("10.77.0.0/16")], Rules = [Rule()] }] };
        StartAsMaster();
        Node.WaitUntil(() => Routes().Contains("10.77.0.0/16", StringComparison.Ordinal), Routes);
        int since = _node.Count;
        _node.Settings = plain;
        _node.Start();
        Node.WaitUntil(() => !(Routes() + Rules()).Contains("10.77", StringComparison.Ordinal), () => Routes() + Rules());
        Assert.False(_node.Has(said => said is RoleEvent.StateChanged { To: not VrrpState.Master }, since), _node.Said(since));
        Assert.True(_node.HasVip);
    }

    private static VirtualRoute Route(string target, string via = "10.9.0.9", string? source = Network.Vip)
    {
        Assert.True(IpPrefix.TryParse(target, out IpPrefix prefix));
        return new VirtualRoute(new IpRoute
        {
            Target = prefix,
            Via = Node.Address(via),
            Device = "eth0",
            Source = source is null ? null : Node.Address(source),
            Metric = 7,
        });
    }

    private static VirtualRoute Route6()
    {
        Assert.True(IpPrefix.TryParse("2001:db8:77::/48", out IpPrefix prefix));
        return new VirtualRoute(new IpRoute { Family = IpFamily.V6, Target = prefix, Via = Node.Address("2001:db8:9::9"), Device = "eth0", Table = 77 });
    }

    private static VirtualRule Rule() => new(new IpRule
    {
        From = new IpPrefix(Node.Address("10.77.0.0"), 16), Table = 77, Preference = 700, Mark = 5, IpProtocol = 6, TargetPort = 80, TargetPortLast = 80,
    });

    private string Routes() => Routes("-4");

    private string Routes(string family) => Network.Command("ip", $"-n {_node.Machine} {family} route show table all");

    private string Rules() => Network.Command("ip", $"-n {_node.Machine} rule");

    private void StartAsMaster()
    {
        _node.Start();
        _node.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => _node.HasVip && _node.IsArmed, () => _node.Said());
    }
}
