using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>
/// The role's thread stands still: in the kernel with a change of the host, for which the file it notes its changes in is a pipe
/// that nobody reads; or for want of a processor.
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

    // What is new would be said at once, by a master: this one is silent for so long that another has its place.
    [Fact]
    public async Task Master_IsHeldUpForLongWithAnotherPriority_DoesNotSayIt()
    {
        using Network network = Network.Create();
        using Node ours = Start(network, 1, priority: 150, VrrpState.Master);
        using Node other = Start(network, 2, priority: 100, VrrpState.Backup);
        int role = ours.Client.ProcessId!.Value;
        ours.Change(instance => instance with { Priority = 160 });
        (string pipe, Task reload) = HoldUp(ours, role);
        other.ExpectState(VrrpState.Master);
        long said = other.Snapshot().Instances[0].AdvertsReceived;

        int since = ours.Count;
        await File.ReadAllTextAsync(pipe, TestContext.Current.CancellationToken);
        await reload.WaitAsync(Node.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(VrrpReason.Overslept, ours.ExpectState(VrrpState.Backup, since).Reason);
        Assert.Equal(said, other.Snapshot().Instances[0].AdvertsReceived);
        Assert.Equal(1, other.Snapshot().Instances[0].BecameMaster);
    }

    // It is dropped with the reload that is held up: its word is no longer good when the role goes on.
    [Fact]
    public async Task DroppedInstance_WasSilentForTooLong_LetsGoWithoutAFarewell()
    {
        using Network network = Network.Create();
        using Node ours = Start(network, 1, priority: 150, VrrpState.Master);
        using Node other = Start(network, 2, priority: 100, VrrpState.Backup);
        int role = ours.Client.ProcessId!.Value;
        ours.Settings = ours.Settings with { Router = new VrrpRouterSettings(), Bindings = [] };
        int since = ours.Count;
        (string pipe, Task reload) = HoldUp(ours, role);
        other.ExpectState(VrrpState.Master);

        await File.ReadAllTextAsync(pipe, TestContext.Current.CancellationToken);
        await reload.WaitAsync(Node.Patience, TestContext.Current.CancellationToken);
        ours.Expect<RoleEvent.Noted>(note => note.Text == "(VI_1) is master here no more: removing VIPs.", since);
        Node.WaitUntil(() => !ours.HasVip && !ours.IsArmed, () => ours.Said(since));
        Assert.Equal(0, other.Snapshot().Instances[0].PriorityZeroReceived);
    }

    [Fact]
    public async Task DroppedInstance_IsDroppedInTime_SaysFarewell()
    {
        using Network network = Network.Create();
        using Node ours = Start(network, 1, priority: 150, VrrpState.Master);
        using Node other = Start(network, 2, priority: 100, VrrpState.Backup);
        ours.Settings = ours.Settings with
        {
            Router = new VrrpRouterSettings(), Bindings = [], Static = new StaticNetwork { Addresses = [StaticAddress] },
        };
        await Task.Factory.StartNew(ours.Start, TaskCreationOptions.LongRunning).WaitAsync(Node.Patience, TestContext.Current.CancellationToken);
        ours.Expect<RoleEvent.Noted>(note => note.Text == "(VI_1) is master here no more: sent 0 priority, removing VIPs.");
        other.ExpectState(VrrpState.Master);
        Assert.Equal(1, other.Snapshot().Instances[0].PriorityZeroReceived);
    }

    [Fact]
    public void Master_HasNoProcessor_GoesOnAdvertisingFromAnother()
    {
        Assert.SkipWhen(Environment.ProcessorCount < 2, "there is one processor only");
        using Network network = Network.Create();
        using Node ours = Start(network, 1, priority: 150, VrrpState.Master);
        using Node other = Start(network, 2, priority: 100, VrrpState.Backup);

        // The first thread is the role's own; its deputy leaves it the processor when it gets there. Who is before it in real
        // time keeps it off for seven adverts, more than a master may miss.
        int role = ours.Client.ProcessId!.Value;
        Network.Command("taskset", $"--pid --cpu-list 0 {role}");
        Node.WaitUntil(() => !DeputysProcessors(role).StartsWith('0'), () => DeputysProcessors(role));
        for (int i = 0; i < 3; i++)
        {
            long before = Heard(other);
            Network.Command("bash", "-c \"timeout 0.7 taskset --cpu-list 0 chrt --fifo 90 sha256sum /dev/zero || true\"");
            Node.WaitUntil(() => Heard(other) >= before + Adverts, () => SaidBy(ours, other));
        }

        Assert.True(ours.Snapshot().WorstLateness > TimeSpan.FromMilliseconds(500), "it was held up");
        Assert.True(ours.Snapshot().Instances[0].BecameMaster == 1, SaidBy(ours, other));
        Assert.True(other.Snapshot().Instances[0].BecameMaster == 0, SaidBy(ours, other));
    }

    private static string DeputysProcessors(int role)
    {
        string deputy = Directory.GetDirectories($"/proc/{role}/task")
            .Single(thread => File.ReadAllText($"{thread}/comm") == "vrrp-deputy\n");
        const string allowed = "Cpus_allowed_list:";
        return File.ReadLines($"{deputy}/status").Single(line => line.StartsWith(allowed, StringComparison.Ordinal))[allowed.Length..].Trim();
    }

    private static string SaidBy(Node ours, Node other) => $"ours:\n{ours.Said()}\nthe other:\n{other.Said()}";

    private static VirtualAddress StaticAddress => NewAddress(1);

    private static VirtualAddress NewAddress(int number) => new(new Base.IpPrefix(Node.Address($"10.9.1.{number}"), 24), "eth0");

    private static Node Start(Network network, int number, byte priority, VrrpState state)
    {
        Node node = Way.All["v3 IPv4"].MakeOurs(network.AddMachine(number), priority);
        node.Change(instance => instance with { Nopreempt = true });
        node.Start();
        node.ExpectState(state);
        return node;
    }

    /// <param name="number">Another one each time.</param>
    /// <returns>Who reads it lets the role go on.</returns>
    internal static (string Pipe, Task Reload) HoldUp(Node node, int role, int number = 1)
    {
        string pipe = Path.Combine(node.RunDirectory, "vrrp-host.json.new");
        Network.Command("mkfifo", pipe);
        node.Settings = node.Settings with { Static = new StaticNetwork { Addresses = [NewAddress(number)] } };

        // It waits for the role's answer, and nothing can be asked of the client meanwhile.
        Task reload = Task.Factory.StartNew(node.Start, TaskCreationOptions.LongRunning);
        Node.WaitUntil(() => IsHeldUp(role), () => node.Said());
        return (pipe, reload);
    }

    // The kernel's word for who opens a pipe that has no reader.
    private static bool IsHeldUp(int role) => File.ReadAllText($"/proc/{role}/wchan") == "wait_for_partner";

    private static long Heard(Node node) => node.Snapshot().Instances[0].AdvertsReceived;
}
