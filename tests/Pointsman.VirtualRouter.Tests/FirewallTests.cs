using System.Diagnostics;
using Pointsman.Base;
using Pointsman.Tests;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;
using Pointsman.Wire;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Addresses that do not accept: nobody reaches the node by them, and they are found by ARP all the same.</summary>
public sealed class FirewallTests : IDisposable
{
    private readonly Network _network = Network.Create();
    private readonly Node _node;

    public FirewallTests()
    {
        _node = new Node(_network.AddMachine(1), priority: 100);
        _node.Settings = _node.Settings with { Bindings = [_node.Settings.Bindings[0] with { IsDeaf = true }] };
    }

    public void Dispose()
    {
        _node.Dispose();
        _network.Dispose();
    }

    [Fact]
    [Rfc("3768-6.4.3-3")]
    [Rfc("9568-6.1-5")]
    [Rfc("9568-6.4.3-7")]
    public void Master_DoesNotAnswer_AndIsFound_LeavingOpensAgain()
    {
        string client = _network.AddMachine(8);
        StartAsMaster();
        Assert.Equal("", Network.Connect(client, Network.Vip));
        Assert.Contains("refused", Network.Connect(client, "10.9.0.1"), StringComparison.Ordinal);
        Assert.Contains(Network.MacOf(_node.Machine), Network.Command("ip", $"-n {client} neigh show {Network.Vip}"), StringComparison.Ordinal);

        Assert.True(_node.Client.Stop(Node.Patience));
        Assert.Equal("", Ruleset());
        Network.Ip($"-n {_node.Machine} addr add {Network.Vip}/32 dev eth0");
        Assert.Contains("refused", Network.Connect(client, Network.Vip), StringComparison.Ordinal);
    }

    [Fact]
    [Rfc("9568-6.1-6")]
    [Rfc("9568-6.4.3-7")]
    public void MasterOverIpv6_DoesNotAnswer_AndItsNeighboursFindIt()
    {
        const string vip = "2001:db8:9::100";
        string client = _network.AddMachine(8);
        _node.Change(instance => instance with
        {
            Version = 3, Family = IpFamily.V6, AuthPass = null, ChecksumForm = VrrpChecksumForm.PseudoHeader,
            VirtualAddresses = [Node.Address("fe80::9:100"), Node.Address(vip)],
        });
        _node.Settings = _node.Settings with
        {
            Bindings =
            [
                _node.Settings.Bindings[0] with
                {
                    Addresses = [new VirtualAddress(new IpPrefix(Node.Address("fe80::9:100"), 64)), new VirtualAddress(new IpPrefix(Node.Address(vip), 64))],
                },
            ],
        };
        _node.Start();
        _node.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => Network.HasVip(_node.Machine, vip), () => _node.Said());

        Assert.Equal("", Network.Connect(client, vip));
        Assert.Equal("", Network.Connect(client, "fe80::9:100%eth0"));
        foreach (string address in (string[])[vip, "fe80::9:100"])
        {
            string found = Network.Command("ip", $"-n {client} -6 neigh show {address} dev eth0");
            Assert.Contains(Network.MacOf(_node.Machine), found, StringComparison.Ordinal);
        }

        Assert.Contains("refused", Network.Connect(client, "2001:db8:9::1"), StringComparison.Ordinal);
    }

    [Fact]
    public void Role_IsKilled_TheNextOneThatAccepts_RemovesTheRules()
    {
        StartAsMaster();
        Assert.Contains("elements = { 10.9.0.100 }", Ruleset(), StringComparison.Ordinal);
        _node.Kill();
        _node.Expect<RoleEvent.Exited>(_ => true);
        Assert.Contains("table inet pointsman", Ruleset(), StringComparison.Ordinal);

        _node.Settings = _node.Settings with { Bindings = [_node.Settings.Bindings[0] with { IsDeaf = false }] };
        _node.Start();
        Node.WaitUntil(() => Ruleset().Length == 0, Ruleset);
    }

    [Theory]
    [InlineData("flush ruleset")]
    [InlineData("delete table inet pointsman")]
    [InlineData("flush chain inet pointsman in")]
    [InlineData("flush set inet pointsman deaf")]
    [InlineData("delete element inet pointsman deaf '{ 10.9.0.100 }'")]
    public void RulesAreRemovedBySomeone_AreBack_AndTheAddressDoesNotAnswer(string command)
    {
        StartAsMaster();
        string before = Ruleset();
        int since = _node.Count;
        Network.Command("ip", $"netns exec {_node.Machine} bash -c \"nft {command}\"");
        Node.WaitUntil(() => Ruleset() == before, Ruleset);
        _node.Expect<RoleEvent.Noted>(
            note => note.Text == "rules of nftables table inet pointsman were removed by another program, restored", since);
        Assert.False(_node.Has(said => said is RoleEvent.StateChanged, since), _node.Said(since));
    }

    [Fact]
    public void NewSettings_AddressThatAcceptsNow_AndBack_RulesFollowAtOnce()
    {
        string client = _network.AddMachine(8);
        StartAsMaster();
        int since = _node.Count;
        InstanceBinding deaf = _node.Settings.Bindings[0];
        _node.Settings = _node.Settings with { Bindings = [deaf with { IsDeaf = false }] };
        _node.Start();
        Node.WaitUntil(() => Ruleset().Length == 0, Ruleset);
        Assert.Contains("refused", Network.Connect(client, Network.Vip), StringComparison.Ordinal);

        _node.Settings = _node.Settings with { Bindings = [deaf] };
        _node.Start();
        Node.WaitUntil(() => Ruleset().Contains("elements = { 10.9.0.100 }", StringComparison.Ordinal), Ruleset);
        Assert.False(_node.Has(said => said is RoleEvent.StateChanged or RoleEvent.Exited, since), _node.Said(since));
    }

    [Fact]
    public void NewSettings_KeepTheRules_AsLongAsTheAddressDoesNotAccept()
    {
        StartAsMaster();
        int since = _node.Count;
        _node.Settings = _node.Settings with { Firewall = new FirewallSettings("other", Priority: -5, HasCounters: true) };
        _node.Start();
        Node.WaitUntil(
            () => Ruleset().Contains("table inet other", StringComparison.Ordinal) && Ruleset().Contains("elements = { 10.9.0.100 }", StringComparison.Ordinal),
            Ruleset);
        Assert.Contains("counter packets", Ruleset(), StringComparison.Ordinal);
        Assert.Contains("filter - 5", Ruleset(), StringComparison.Ordinal);
        Assert.DoesNotContain("table inet pointsman", Ruleset(), StringComparison.Ordinal);
        Assert.False(_node.Has(said => said is RoleEvent.StateChanged { To: not VrrpState.Master }, since), _node.Said(since));
    }

    // A table with an owner is nobody else's (nft add table ... { flags owner; }), and goes with him.
    [Fact]
    public void NftablesRefuses_InstanceSaysThatItAccepts_AndNoMore_WhenTheRulesAreSet()
    {
        string client = _network.AddMachine(8);
        using (Process owner = OwnTheTable())
        {
            StartAsMaster();
            Assert.Contains("refused", Network.Connect(client, Network.Vip), StringComparison.Ordinal);
            Assert.StartsWith(
                "no_accept is not in force, its addresses may accept: Error: Could not process rule: Operation not permitted",
                _node.Snapshot().Instances[0].RulesMissing, StringComparison.Ordinal);
            _node.Expect<RoleEvent.Noted>(note => note.IsWarning && note.Text.EndsWith("it is tried again", StringComparison.Ordinal));
            owner.StandardInput.Close();
            owner.WaitForExit();
        }

        _node.Expect<RoleEvent.Noted>(note => note.Text.EndsWith("what was refused is done now", StringComparison.Ordinal));
        Assert.Null(_node.Snapshot().Instances[0].RulesMissing);
        Assert.Contains("elements = { 10.9.0.100 }", Ruleset(), StringComparison.Ordinal);
        Assert.Equal("", Network.Connect(client, Network.Vip));
        Assert.Equal(1, _node.Said().Split("it is tried again").Length - 1);
        Assert.True(_node.Client.Stop(Node.Patience));
        Assert.Equal("", Ruleset());
    }

    [Fact]
    public void NftablesRefusesToRemoveATable_IsTriedAgain()
    {
        StartAsMaster();
        int since = _node.Count;
        using (Process owner = OwnTheTable())
        {
            _node.Settings = _node.Settings with { Bindings = [_node.Settings.Bindings[0] with { IsDeaf = false }] };
            _node.Start();
            _node.Expect<RoleEvent.Noted>(note => note.Text.EndsWith("it is tried again", StringComparison.Ordinal), since);
            Assert.Null(_node.Snapshot().Instances[0].RulesMissing);
            owner.StandardInput.Close();
            owner.WaitForExit();
        }

        _node.Expect<RoleEvent.Noted>(note => note.Text.EndsWith("what was refused is done now", StringComparison.Ordinal), since);
        Assert.Equal("", Ruleset());
    }

    [Fact]
    public void VirtualMac_OverIpv6_SendsNoReportsOfMembership()
    {
        Way way = Way.All["v3 IPv6 VMAC"];
        using Node node = way.MakeOurs(_network.AddMachine(3), priority: 100);
        node.Start();
        node.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => Network.HasVip(node.Machine, way.Vip), () => node.Said());
        string rules = Network.Command("ip", $"netns exec {node.Machine} nft list ruleset");
        Assert.Contains("\"vrrp.51\"", rules, StringComparison.Ordinal);
        Assert.Contains("mld2-listener-report", rules, StringComparison.Ordinal);
        Assert.True(node.Client.Stop(Node.Patience));
        Assert.Equal("", Network.Command("ip", $"netns exec {node.Machine} nft list ruleset"));
    }

    private string Ruleset() => Network.Command("ip", $"netns exec {_node.Machine} nft list ruleset");

    private Process OwnTheTable()
    {
        Process owner = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", _node.Machine, "nft", "-i"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Node.WaitUntil(
            () =>
            {
                owner.StandardInput.WriteLine("add table inet pointsman ; delete table inet pointsman ; add table inet pointsman { flags owner ; }");
                owner.StandardInput.Flush();
                return Ruleset().Contains("flags owner", StringComparison.Ordinal);
            },
            Ruleset);
        return owner;
    }

    private void StartAsMaster()
    {
        _node.Start();
        _node.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => _node.HasVip && _node.IsArmed, () => _node.Said());
    }
}
