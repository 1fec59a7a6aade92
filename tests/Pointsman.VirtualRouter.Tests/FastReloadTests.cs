using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>New settings while adverts are a tenth or a hundredth of a second apart: the backup must not miss three of them.</summary>
public sealed class FastReloadTests
{
    private const int Reloads = 20;

    private static readonly string[] s_vips = [Network.Vip, "10.9.0.101"];

    [Fact]
    public void ReloadsAtAShortInterval_KeepalivedIsTheBackup_NothingMoves()
    {
        Keepalived.SkipUnlessInstalled();
        Way way = Way.All["v3 IPv4"];
        using Network network = Network.Create();
        using Node ours = way.MakeOurs(network.AddMachine(1), priority: 150);
        ours.Start();
        ours.ExpectState(VrrpState.Master);
        using Keepalived theirs = way.MakeTheirs(network.AddMachine(2), priority: 100);
        theirs.Expect("Entering BACKUP STATE");
        int since = ours.Count;
        ReloadOften(ours, way, Reloads);
        TestContext.Current.TestOutputHelper?.WriteLine($"latest a timer was served in the whole run: {ours.Snapshot().WorstLateness.TotalMilliseconds:0.0} ms");
        Assert.False(ours.Has(said => said is RoleEvent.StateChanged or RoleEvent.Exited, since), ours.Said(since));
        Assert.Equal(1, ours.Snapshot().Instances[0].BecameMaster);
        Assert.DoesNotContain("Entering MASTER STATE", theirs.Log, StringComparison.Ordinal);
        theirs.AssertContent();
    }

    // Thirty milliseconds of silence are the end of a mastership here. Who is the backup is one of us: each of its takeovers is told.
    [Fact]
    public void ReloadsAtTheShortestInterval_NothingMoves()
    {
        Way way = Way.All["v3 IPv4"];
        using Network network = Network.Create();
        using Node ours = Start(network, way, 1, priority: 150);
        ours.ExpectState(VrrpState.Master);
        using Node other = Start(network, way, 2, priority: 100);
        other.ExpectState(VrrpState.Backup);
        Node.WaitUntil(() => other.Snapshot().Instances[0].AdvertsReceived > 20, () => other.Said());

        // The program is compiled beforehand; this test's role compiles what it does for the first time while it does it.
        ReloadOften(ours, way, 2);
        Node.WaitUntil(() => IsMaster(ours) && !IsMaster(other), () => ours.Said());
        int since = ours.Count;
        int otherSince = other.Count;
        long before = ours.Snapshot().Instances[0].BecameMaster;
        long otherBefore = other.Snapshot().Instances[0].BecameMaster;

        ReloadOften(ours, way, Reloads);

        Assert.False(ours.Has(said => said is RoleEvent.StateChanged or RoleEvent.Exited, since), ours.Said(since));
        Assert.False(other.Has(said => said is RoleEvent.StateChanged, otherSince), other.Said(otherSince));
        Assert.Equal(before, ours.Snapshot().Instances[0].BecameMaster);

        // Nor when the backup is told something new.
        ReloadOften(other, way, Reloads, priority: 100);
        Assert.Equal(otherBefore, other.Snapshot().Instances[0].BecameMaster);
        Assert.False(ours.Has(said => said is RoleEvent.StateChanged, since), ours.Said(since));
    }

    // The whole program and its file. keepalived's own thread must not be late, either: it may be master for a sleep of its own.
    [Fact]
    public void ReloadsAtTheShortestInterval_WholeProgramBesideKeepalived_NothingMoves()
    {
        const int reloads = 15;
        Keepalived.SkipUnlessInstalled();
        using Network network = Network.Create();
        string machine = network.AddMachine(1);
        using var ours = new Keepalived(machine, FileOf(machine, 0), Keepalived.Ours);
        ours.Expect("Entering MASTER STATE");
        string other = network.AddMachine(2);
        using var wire = new WireLog(network.AddMachine(9), "ip proto 112 and src host 10.9.0.2");
        using var theirs = new Keepalived(
            other,
            $"instance {other}\nglobal_defs {{\nvrrp_rt_priority 50\nvrrp_no_swap\n}}\n"
                + Keepalived.Instance("VI_1", 51, 100, "version 3\nadvert_int 0.01\nskip_check_adv_addr on", Network.Vip));
        theirs.Expect("Entering BACKUP STATE");
        for (int i = 1; i <= reloads; i++)
        {
            ours.Reload(FileOf(machine, i));
            ours.Expect("Reload complete", i);
            Node.WaitUntil(() => ours.Has(s_vips[1]) == (i % 2 == 1) && ours.Has("10.9.0.150") == (i % 3 == 0), () => ours.Log);
        }

        Assert.Equal(1, ours.Log.Split("Entering MASTER STATE").Length - 1);
        Assert.DoesNotContain("Entering MASTER STATE", theirs.Log, StringComparison.Ordinal);
        Assert.True(wire.Count("VRRPv3") == 0, wire.Text);

        // It was listening all the time.
        ours.Kill();
        theirs.Expect("Entering MASTER STATE");
        Node.WaitUntil(() => wire.Count("VRRPv3") > 0, () => theirs.Log);

        static string FileOf(string machine, int reload) => $"instance {machine}\n" + Keepalived.Instance(
            "VI_1",
            51,
            150 + (reload % 2),
            "version 3\nadvert_int 0.01\n" + (reload % 3 == 0 && reload > 0 ? "virtual_ipaddress_excluded {\n10.9.0.150\n}" : ""),
            s_vips[..(1 + (reload % 2))]);
    }

    private static bool IsMaster(Node node) => node.Snapshot().Instances[0].State == VrrpState.Master;

    private static Node Start(Network network, Way way, int number, byte priority)
    {
        Node node = way.MakeOurs(network.AddMachine(number), priority);
        node.Change(instance => instance with { AdvertInterval = TimeSpan.FromMilliseconds(10) });
        node.Start();
        return node;
    }

    private static void ReloadOften(Node ours, Way way, int times, byte priority = 150)
    {
        int since = ours.Count;

        // Priority, an address that comes and goes, announcements, what is tracked: all that can change in the process.
        for (int i = 0; i < times; i++)
        {
            byte next = (byte)(priority + (i % 2));
            string[] held = s_vips[..(1 + (i % 2))];
            ours.Change(instance => instance with { Priority = next, GarpMasterRepeat = 1 + (i % 3) });
            ours.Settings = ours.Settings with
            {
                Bindings = [way.Binding(ours.Settings.Bindings[0]) with { Addresses = [.. held.Select(vip => new VirtualAddress(Base.IpPrefix.Host(Node.Address(vip))))] }],
            };
            ours.Start();
        }

        Node.WaitUntil(() => ours.Snapshot().Instances[0].EffectivePriority == priority + 1, () => ours.Said(since));
    }
}
