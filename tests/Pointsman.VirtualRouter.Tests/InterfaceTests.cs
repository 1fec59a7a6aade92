using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Interfaces and addresses that others change.</summary>
public sealed class InterfaceTests : IDisposable
{
    private readonly Network _network = Network.Create();
    private readonly Node _node;

    public InterfaceTests() => _node = new Node(_network.AddMachine(1), priority: 100);

    public void Dispose()
    {
        _node.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void Address_IsRemovedBySomeone_IsRestoredAndTold()
    {
        StartAsMaster();
        Network.Ip($"-n {_node.Machine} addr del {Network.Vip}/32 dev eth0");

        RoleEvent.Noted told = _node.Expect<RoleEvent.Noted>(note => note.Text.Contains(Network.Vip, StringComparison.Ordinal));
        Assert.True(told.IsWarning);
        Assert.Equal("(VI_1) 10.9.0.100 was removed from eth0 by another program, restored", told.Text);
        Assert.True(_node.HasVip);
    }

    [Fact]
    public void PromoteSecondaries_IsSetWhileTheRoleRuns_AndSetBack()
    {
        string name = "/proc/sys/net/ipv4/conf/eth0/promote_secondaries";
        string Read() => Network.Command("ip", $"netns exec {_node.Machine} cat {name}").Trim();
        string before = Read();
        _node.Change(instance => instance with { PromotesSecondaries = true });

        StartAsMaster();
        Assert.Equal("1", Read());

        Assert.True(_node.Client.Stop(Node.Patience));
        Assert.Equal(before, Read());
    }

    [Fact]
    public void PromoteSecondaries_RoleIsKilled_TheNextOneWithoutItSetsItBack()
    {
        string Read() => Network.Command(
            "ip", $"netns exec {_node.Machine} cat /proc/sys/net/ipv4/conf/eth0/promote_secondaries").Trim();
        string before = Read();
        _node.Change(instance => instance with { PromotesSecondaries = true });
        StartAsMaster();
        Assert.Equal("1", Read());
        _node.Kill();
        _node.Expect<RoleEvent.Exited>(_ => true);
        Assert.Equal("1", Read());

        _node.Change(instance => instance with { PromotesSecondaries = false });
        _node.Start();
        Node.WaitUntil(() => Read() == before, () => _node.Said());
    }

    [Fact]
    public void PromoteSecondaries_ComesAndGoesByNewSettings()
    {
        string Read() => Network.Command(
            "ip", $"netns exec {_node.Machine} cat /proc/sys/net/ipv4/conf/eth0/promote_secondaries").Trim();
        string before = Read();
        StartAsMaster();
        _node.Change(instance => instance with { PromotesSecondaries = true });
        _node.Start();
        Node.WaitUntil(() => Read() == "1", () => _node.Said());
        _node.Change(instance => instance with { PromotesSecondaries = false });
        _node.Start();
        Node.WaitUntil(() => Read() == before, () => _node.Said());
    }

    [Fact]
    public void DelayAfterBoot_IsNotOver_NobodyStandsUp()
    {
        double upSeconds = double.Parse(
            System.IO.File.ReadAllText("/proc/uptime").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        _node.Settings = _node.Settings with { DelayAfterBoot = TimeSpan.FromSeconds(upSeconds + 6) };
        var waited = System.Diagnostics.Stopwatch.StartNew();
        _node.Start();
        _node.ExpectState(VrrpState.Master);
        Assert.True(waited.Elapsed > TimeSpan.FromSeconds(5), $"master after {waited.Elapsed}");
    }

    [Fact]
    public void Addresses_AreFlushedAndSetAnew_AsByANetworkManager_NothingMoves()
    {
        StartAsMaster();
        int since = _node.Count;
        Network.Ip($"netns exec {_node.Machine} sh -c \"ip addr flush dev eth0; ip addr add 10.9.0.1/24 dev eth0\"");
        ExpectRestored(since);

        // Longer than the patience with the own address.
        long sent = _node.Snapshot().Instances[0].AdvertsSent;
        Node.WaitUntil(() => _node.Snapshot().Instances[0].AdvertsSent > sent + 4, () => _node.Said(since));
        Assert.False(_node.Has(said => said is RoleEvent.StateChanged, since), _node.Said(since));
        Assert.True(_node.HasVip && _node.IsArmed);
        Assert.Equal("10.9.0.1", _node.Snapshot().Instances[0].SourceAddress.ToString());
    }

    // Half of them within the time: a busy machine must not fail the test, nor a slow program pass it.
    [Fact]
    public void Address_IsRemovedEightTimes_IsBackWithinATenthOfASecond()
    {
        StartAsMaster();
        var times = new List<TimeSpan>();
        for (int i = 0; i < 8; i++)
        {
            int since = _node.Count;
            var watch = System.Diagnostics.Stopwatch.StartNew();
            Network.Ip($"-n {_node.Machine} addr del {Network.Vip}/32 dev eth0");
            ExpectRestored(since);
            times.Add(watch.Elapsed);
        }

        Assert.True(times.Order().ElementAt(4) < TimeSpan.FromMilliseconds(100), string.Join(' ', times));
        Assert.False(_node.Has(said => said is RoleEvent.StateChanged { From: VrrpState.Master }));
    }

    [Fact]
    public void Address_IsRemovedForEver_IsFoughtForOnceASecond()
    {
        StartAsMaster();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(3))
        {
            Network.TryIp($"-n {_node.Machine} addr del {Network.Vip}/32 dev eth0");
        }

        _node.Expect<RoleEvent.Noted>(note => note.Text.EndsWith("again and again: from now on restored once a second", StringComparison.Ordinal));
        Node.WaitUntil(() => _node.HasVip, () => _node.Said());
        Assert.InRange(_node.Said().Split("was removed").Length - 1, 2, 14);
    }

    [Fact]
    public void KernelsMessages_AreLost_EverythingIsReadAnew()
    {
        _node.Change(instance => instance with { AdvertInterval = TimeSpan.FromSeconds(3) });
        StartAsMaster();
        int since = _node.Count;
        string batch = Path.Combine(_node.RunDirectory, "batch");
        IEnumerable<string> addresses = Enumerable.Range(0, 8000).Select(i => $"10.77.{i / 250}.{i % 250}/32");
        File.WriteAllLines(batch, addresses.Select(address => $"addr add {address} dev lo").Append($"addr del {Network.Vip}/32 dev eth0"));
        _node.Pause();
        try
        {
            Network.Ip($"-n {_node.Machine} -batch {batch}");
        }
        finally
        {
            _node.GoOn();
        }

        ExpectRestored(since);
        Assert.False(_node.Has(said => said is RoleEvent.StateChanged, since), _node.Said(since));
    }

    [Fact]
    public void Link_GoesDownAndUp_IsAFaultMeanwhile()
    {
        StartAsMaster();
        int since = _node.Count;
        Network.Ip($"-n {_node.Machine} link set eth0 down");

        RoleEvent.StateChanged fault = _node.ExpectState(VrrpState.Fault, since);
        Assert.Equal(VrrpReason.LinkDown, fault.Reason);
        Assert.Contains("interface eth0 down", fault.Text, StringComparison.Ordinal);
        Node.WaitUntil(() => !_node.HasVip && !_node.IsArmed, () => _node.Said(since));

        since = _node.Count;
        Network.Ip($"-n {_node.Machine} link set eth0 up");
        Assert.Equal(VrrpReason.FaultCleared, _node.ExpectState(VrrpState.Backup, since).Reason);
        _node.ExpectState(VrrpState.Master, since);
        Node.WaitUntil(() => _node.HasVip && _node.IsArmed, () => _node.Said(since));
    }

    [Fact]
    public void TrackedLink_WithDelays_ShortFlapIsNothing_ALastingOneIsAFaultLater()
    {
        Network.Ip($"-n {_node.Machine} link add uplink type veth peer name far");
        Network.Ip($"-n {_node.Machine} link set far up");
        Network.Ip($"-n {_node.Machine} link set uplink up");
        _node.Change(instance => instance with { TrackInterfaces = [new VrrpTrack("uplink", 0)] });
        _node.Settings = _node.Settings with
        {
            Router = _node.Settings.Router with
            {
                LinkDelays = [new VrrpLinkDelay("uplink", TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1))],
            },
        };
        StartAsMaster();
        int since = _node.Count;
        Network.Ip($"-n {_node.Machine} link set uplink down");
        Network.Ip($"-n {_node.Machine} link set uplink up");
        var waited = System.Diagnostics.Stopwatch.StartNew();
        Network.Ip($"-n {_node.Machine} link set uplink down");
        _node.ExpectState(VrrpState.Fault, since);
        Assert.True(waited.Elapsed > TimeSpan.FromSeconds(2.5), $"fault after {waited.Elapsed}");

        since = _node.Count;
        Network.Ip($"-n {_node.Machine} link set uplink up");
        _node.ExpectState(VrrpState.Master, since);
    }

    [Fact]
    public void OwnLink_IsNotTracked_ItsLossIsNoFault()
    {
        _node.Change(instance => instance with { IgnoresOwnLink = true });
        StartAsMaster();
        int since = _node.Count;
        Network.Ip($"-n {_node.Machine} link set eth0 down");
        _node.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.ActionFailed, since);
        Network.Ip($"-n {_node.Machine} link set eth0 up");
        long sent = _node.Snapshot().Instances[0].AdvertsSent;
        Node.WaitUntil(() => _node.Snapshot().Instances[0].AdvertsSent > sent + 2, () => _node.Said(since));
        Assert.False(_node.Has(said => said is RoleEvent.StateChanged, since), _node.Said(since));
    }

    [Fact]
    public void Interface_IsMissingAtTheStart_IsTakenWhenItComes()
    {
        Network.Ip($"-n {_node.Machine} link del eth0");
        _node.Start();
        Assert.Equal(VrrpReason.LinkDown, _node.ExpectState(VrrpState.Fault).Reason);

        _network.AddEthernet(_node.Machine, 1);
        _node.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => _node.HasVip, () => _node.Said());
    }

    [Fact]
    public void Interface_IsReplaced_SocketsFollow()
    {
        StartAsMaster();
        int since = _node.Count;
        Network.Ip($"-n {_node.Machine} link del eth0");
        _node.ExpectState(VrrpState.Fault, since);
        _network.AddEthernet(_node.Machine, 1);
        _node.ExpectState(VrrpState.Master, since);
        int back = _node.Count;

        using var other = new Node(_network.AddMachine(2), priority: 150);
        other.Start();
        other.ExpectState(VrrpState.Master);
        Assert.Equal(
            VrrpReason.HigherPriorityHeard,
            _node.Expect<RoleEvent.StateChanged>(changed => changed.From == VrrpState.Master, back).Reason);
        Assert.False(other.Has(said => said is RoleEvent.StateChanged { From: VrrpState.Master }));
    }

    [Fact]
    public void OwnAddress_IsTakenAway_IsAFaultUntilThereIsOne()
    {
        StartAsMaster();
        int since = _node.Count;
        Network.Ip($"-n {_node.Machine} addr del 10.9.0.1/24 dev eth0");
        Assert.Equal(VrrpReason.NoSourceAddress, _node.ExpectState(VrrpState.Fault, since).Reason);

        since = _node.Count;
        Network.Ip($"-n {_node.Machine} addr add 10.9.0.7/24 dev eth0");
        _node.ExpectState(VrrpState.Master, since);
        Assert.Equal("10.9.0.7", _node.Snapshot().Instances[0].SourceAddress.ToString());
    }

    private void ExpectRestored(int since) =>
        _node.Expect<RoleEvent.Noted>(note => note.Text.Contains($"{Network.Vip} was removed from eth0", StringComparison.Ordinal), since);

    private void StartAsMaster()
    {
        _node.Start();
        _node.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => _node.HasVip && _node.IsArmed, () => _node.Said());
    }
}
