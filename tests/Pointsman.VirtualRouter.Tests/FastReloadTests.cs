using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>New settings while adverts are a tenth of a second apart: the backup must not miss three of them.</summary>
public sealed class FastReloadTests
{
    private const int Reloads = 20;

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
        string[] vips = [Network.Vip, "10.9.0.101"];
        int since = ours.Count;

        // Priority, an address that comes and goes, announcements, what is tracked: all that can change in the process.
        for (int i = 0; i < Reloads; i++)
        {
            byte priority = (byte)(150 + (i % 2));
            string[] held = vips[..(1 + (i % 2))];
            ours.Change(instance => instance with { Priority = priority, GarpMasterRepeat = 1 + (i % 3) });
            ours.Settings = ours.Settings with
            {
                Bindings = [way.Binding(ours.Settings.Bindings[0]) with { Addresses = [.. held.Select(vip => new VirtualAddress(Base.IpPrefix.Host(Node.Address(vip))))] }],
            };
            ours.Start();
        }

        Node.WaitUntil(() => ours.Snapshot().Instances[0].EffectivePriority == 151, () => ours.Said(since));
        TestContext.Current.TestOutputHelper?.WriteLine($"latest a timer was served in the whole run: {ours.Snapshot().WorstLateness.TotalMilliseconds:0.0} ms");
        Assert.False(ours.Has(said => said is RoleEvent.StateChanged or RoleEvent.Exited, since), ours.Said(since));
        Assert.Equal(1, ours.Snapshot().Instances[0].BecameMaster);
        Assert.DoesNotContain("Entering MASTER STATE", theirs.Log, StringComparison.Ordinal);
        theirs.AssertContent();
    }
}
