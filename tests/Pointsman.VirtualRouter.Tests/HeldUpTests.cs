using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>
/// The role's thread stands still in the kernel with a change of the host. Here the file it notes its changes in is a pipe that
/// nobody reads.
/// </summary>
public sealed class HeldUpTests
{
    // Of a tenth of a second: more than three missing make the other one master.
    private const int Adverts = 6;

    [Fact]
    public async Task Master_IsHeldUpByTheHost_GoesOnAdvertising()
    {
        using Network network = Network.Create();
        using Node ours = Start(network, 1, priority: 150, VrrpState.Master);
        using Node other = Start(network, 2, priority: 100, VrrpState.Backup);
        int role = ours.Client.ProcessId!.Value;
        (string pipe, Task reload) = HoldUp(ours, role);
        long before = Heard(other);
        Node.WaitUntil(() => Heard(other) >= before + Adverts, () => other.Said());
        Assert.True(IsHeldUp(role), "it is still held up");

        Assert.Contains("10.9.1.1", await File.ReadAllTextAsync(pipe, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await reload.WaitAsync(Node.Patience, TestContext.Current.CancellationToken);
        Node.WaitUntil(() => Network.Command("ip", $"-n {ours.Machine} -4 addr").Contains("10.9.1.1/24", StringComparison.Ordinal), () => ours.Said());
        Assert.Equal(1, ours.Snapshot().Instances[0].BecameMaster);
        Assert.Equal(0, other.Snapshot().Instances[0].BecameMaster);
    }

    [Fact]
    public async Task Master_IsHeldUpForLong_FallsSilent_AndYieldsBeforeItSpeaksAgain()
    {
        using Network network = Network.Create();
        using Node ours = Start(network, 1, priority: 150, VrrpState.Master);
        using Node other = Start(network, 2, priority: 100, VrrpState.Backup);
        int role = ours.Client.ProcessId!.Value;
        (string pipe, Task reload) = HoldUp(ours, role);
        other.ExpectState(VrrpState.Master);
        long said = other.Snapshot().Instances[0].AdvertsReceived;

        int since = ours.Count;
        await File.ReadAllTextAsync(pipe, TestContext.Current.CancellationToken);
        await reload.WaitAsync(Node.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(VrrpReason.Overslept, ours.ExpectState(VrrpState.Backup, since).Reason);
        Assert.False(ours.IsArmed);
        Assert.Equal(said, other.Snapshot().Instances[0].AdvertsReceived);
    }

    private static Node Start(Network network, int number, byte priority, VrrpState state)
    {
        Node node = Way.All["v3 IPv4"].MakeOurs(network.AddMachine(number), priority);
        node.Change(instance => instance with { Nopreempt = true });
        node.Start();
        node.ExpectState(state);
        return node;
    }

    /// <returns>Who reads it lets the role go on.</returns>
    private static (string Pipe, Task Reload) HoldUp(Node node, int role)
    {
        string pipe = Path.Combine(node.RunDirectory, "vrrp-host.json.new");
        Network.Command("mkfifo", pipe);
        var address = new VirtualAddress(new Base.IpPrefix(Node.Address("10.9.1.1"), 24), "eth0");
        node.Settings = node.Settings with { Static = new StaticNetwork { Addresses = [address] } };

        // It waits for the role's answer, and nothing can be asked of the client meanwhile.
        Task reload = Task.Factory.StartNew(node.Start, TaskCreationOptions.LongRunning);
        Node.WaitUntil(() => IsHeldUp(role), () => node.Said());
        return (pipe, reload);
    }

    // The kernel's word for who opens a pipe that has no reader.
    private static bool IsHeldUp(int role) => File.ReadAllText($"/proc/{role}/wchan") == "wait_for_partner";

    private static long Heard(Node node) => node.Snapshot().Instances[0].AdvertsReceived;
}
