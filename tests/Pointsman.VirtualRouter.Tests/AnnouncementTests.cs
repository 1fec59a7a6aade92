using System.Diagnostics;
using Pointsman.Base;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>How fast, and where, addresses are announced.</summary>
public sealed class AnnouncementTests : IDisposable
{
    private readonly Network _network = Network.Create();
    private readonly Node _node;

    public AnnouncementTests()
    {
        _node = new Node(_network.AddMachine(1), priority: 100);
        _node.Change(instance => instance with { GarpMasterRepeat = 5, GarpMasterDelay = TimeSpan.Zero });
    }

    public void Dispose()
    {
        _node.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void Interval_OfTheInterfacesGroup_PacesThem()
    {
        using var watch = new ArpWatch(_network.AddMachine(9));
        _node.Settings = _node.Settings with
        {
            Announcements = new AnnouncementSettings { Groups = [new AnnouncementGroup(["eth0"], TimeSpan.FromMilliseconds(400), null)] },
        };
        _node.Start();
        _node.ExpectState(VrrpState.Master);
        string mac = Network.MacOf(_node.Machine);
        Node.WaitUntil(() => watch.CountOf(mac) > 0, () => "nothing is announced");
        var since = Stopwatch.StartNew();
        Node.WaitUntil(() => watch.CountOf(mac) == 5, () => $"{watch.CountOf(mac)} of 5 are announced");

        // Four pauses; the first announcement may have been seen late, but not by two of them.
        Assert.True(since.Elapsed > TimeSpan.FromMilliseconds(800), $"all five within {since.Elapsed}");
    }

    [Fact]
    public void ExtraAnnouncements_GoOn_WhereNoAdvertLeaves()
    {
        using var watch = new ArpWatch(_network.AddMachine(9));
        _node.Change(instance => instance with { GarpMasterRepeat = 1 });
        _node.Settings = _node.Settings with
        {
            Bindings =
            [
                _node.Settings.Bindings[0] with
                {
                    Addresses = [new VirtualAddress(new IpPrefix(Node.Address(Network.Vip), 32), "vrrp.51")],
                    VirtualMacs = [Way.VirtualMac(IpFamily.V4) with { SendsAdverts = false }],
                    ExtraAnnouncements = TimeSpan.FromMilliseconds(300),
                },
            ],
        };
        _node.Start();
        _node.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => watch.CountOf("00:00:5e:00:01:33") >= 4, () => "the address is not announced again");
    }
}
