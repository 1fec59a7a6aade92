using Pointsman.Base;
using Pointsman.Tests;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Who has a virtual address is asked on the wire.</summary>
public sealed class AnsweringTests
{
    [Theory]
    [InlineData("v3 IPv4")]
    [InlineData("v3 IPv6")]
    [Rfc("3768-6.4.2-1")]
    [Rfc("3768-6.4.3-1")]
    [Rfc("9568-6.4.2-1")]
    [Rfc("9568-6.4.2-2")]
    [Rfc("9568-6.4.3-1")]
    public void Backup_DoesNotAnswer_MasterDoes(string name)
    {
        Way way = Way.All[name];
        using Network network = Network.Create();
        string client = network.AddMachine(9);
        using var master = new Speaker(network.AddMachine(2), name == "v3 IPv4" ? "10.9.0.2" : "");
        using Node ours = way.MakeOurs(network.AddMachine(1), priority: 100);
        ours.Start();
        ours.ExpectState(VrrpState.Backup);
        master.Say(priority: 200, interval: TimeSpan.FromSeconds(20));
        Node.WaitUntil(() => ours.Snapshot().Instances[0] is { State: VrrpState.Backup, MasterPriority: 200 }, () => ours.Said());

        Network.Connect(client, way.Vip);
        Assert.Contains("FAILED", Neighbour(client, way.Vip), StringComparison.Ordinal);
        Assert.Equal(VrrpState.Backup, ours.Snapshot().Instances[0].State);

        int since = ours.Count;
        master.Say(priority: 0);
        ours.ExpectState(VrrpState.Master, since);
        Node.WaitUntil(() => Network.HasVip(ours.Machine, way.Vip), () => ours.Said());
        Assert.Contains("refused", Network.Connect(client, way.Vip), StringComparison.Ordinal);
        Assert.Contains(Network.MacOf(ours.Machine), Neighbour(client, way.Vip), StringComparison.Ordinal);
    }

    private static string Neighbour(string machine, string address) => Network.Command("ip", $"-n {machine} neigh show {address}");
}
