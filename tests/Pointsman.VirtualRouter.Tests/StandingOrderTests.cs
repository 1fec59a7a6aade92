using System.Globalization;
using Pointsman.Linux.Processes;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Orders outlive the process that had them: the next one begins under them, and is not master for a moment.</summary>
public sealed class StandingOrderTests : IDisposable
{
    private readonly Network _network = Network.Create();
    private readonly string _machine;

    public StandingOrderTests() => _machine = _network.AddMachine(1);

    public void Dispose() => _network.Dispose();

    [Fact]
    public void Owner_BeginsOutForMaintenance_AndSoDoesTheProcessAfterIt()
    {
        using var node = new Node(_machine, priority: 255);
        node.Settings = node.Settings with { Orders = [new StandingOrder("VI_1", VrrpOrder.RestUnserved), new StandingOrder("VI_9", VrrpOrder.Rest)] };
        node.Start();
        Assert.Equal(VrrpReason.Maintenance, node.ExpectState(VrrpState.Fault).Reason);

        // To another process by the note of this one.
        int since = node.Count;
        node.Settings = node.Settings with { Orders = [], RealTimePriority = 45 };
        node.Start();
        Assert.Equal(VrrpReason.Maintenance, node.ExpectState(VrrpState.Fault, since).Reason);
        Assert.False(node.Has(said => said is RoleEvent.StateChanged { To: VrrpState.Master }), node.Said());

        node.Client.Order("VI_1", VrrpOrder.None);
        node.ExpectState(VrrpState.Master, since);
    }

    [Fact]
    public void Orders_MakeNoDifferenceBetweenSettings()
    {
        using var node = new Node(_machine, priority: 100);
        node.Start();
        node.ExpectState(VrrpState.Master);
        Assert.True(node.Client.RunsWith(node.Settings with { Orders = [new StandingOrder("VI_1", VrrpOrder.Rest)] }));
        Assert.False(node.Client.RunsWith(node.Settings with { RealTimePriority = 45 }));
    }

    [Fact]
    public void ProcessOfAnOwnerInMaintenanceIsKilled_TheNextIsNeverMaster()
    {
        using Keepalived director = Start(_machine, priority: 255);
        director.Expect("Entering MASTER STATE");
        Order("maintenance on --force");
        director.Expect("Entering FAULT STATE");
        KillRole(director);
        director.Expect("Entering FAULT STATE", times: 2);
        director.Stop();
        Assert.Equal(2, director.Log.Split("Entering MASTER STATE").Length);
    }

    [Fact]
    public void ProcessOfAnOwnerThatStandsAsideIsKilled_TheNextLeavesTheOtherInPeace()
    {
        using Keepalived director = Start(_machine, priority: 255);
        director.Expect("Entering MASTER STATE");
        using Keepalived standby = Start(_network.AddMachine(2), priority: 100);
        standby.Expect("Entering BACKUP STATE");
        Order("failover");
        standby.Expect("Entering MASTER STATE");
        KillRole(director);

        // Its second time: the first was when it handed over.
        director.Expect("Entering BACKUP STATE", times: 2);
        director.Stop();
        Assert.Equal(2, director.Log.Split("Entering MASTER STATE").Length);
        Assert.True(standby.HasVip, standby.Log);
        standby.Stop();
    }

    private static Keepalived Start(string machine, int priority) => new(
        machine, $"instance {machine}\n" + Keepalived.Instance("VI_1", 51, priority, "version 3\nadvert_int 0.2", Network.Vip), Keepalived.Ours);

    private void Order(string words) => Network.Command(
        Path.Combine(Path.GetDirectoryName(Keepalived.Ours)!, "pointsman"), $"vrrp {words} --run-dir /run/pointsman/{_machine}");

    private static void KillRole(Keepalived director) => ProcessControl.TrySignal(
        int.Parse(File.ReadAllText(director.VrrpPidFile), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture), Signal.Kill);
}
