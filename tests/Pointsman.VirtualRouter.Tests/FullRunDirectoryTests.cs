using Pointsman.Base;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>There is no room in the run directory, or it is for reading alone: what cannot be written down is told, and mastership goes on.</summary>
public sealed class FullRunDirectoryTests : IDisposable
{
    private const string SecondVip = "10.9.0.101";

    private readonly Network _network = Network.Create();
    private readonly string _folder = Directory.CreateTempSubdirectory("linux-vr-full-").FullName;
    private readonly Node _node;
    private bool _isForReadingAlone;

    public FullRunDirectoryTests()
    {
        Network.Command("mount", $"-t tmpfs -o size=16k tmpfs {_folder}");
        _node = new Node(_network.AddMachine(1), priority: 150);
        _node.Settings = _node.Settings with { RunDirectory = _folder };
        _node.Change(instance => instance with { AdvertInterval = TimeSpan.FromSeconds(3) });
    }

    public void Dispose()
    {
        _node.Dispose();
        if (_isForReadingAlone)
        {
            ForReadingAlone(false);
        }

        Network.Command("umount", _folder);
        Directory.Delete(_folder);
        _network.Dispose();
    }

    [Fact]
    public void Master_GetsMoreAddresses_AndThenAnotherProcess_StaysMaster()
    {
        _node.Start();
        _node.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => _node.HasVip && _node.IsArmed, () => _node.Said());
        Fill();

        int since = _node.Count;
        InstanceBinding binding = _node.Settings.Bindings[0];
        _node.Settings = _node.Settings with
        {
            Bindings = [binding with { Addresses = binding.Addresses.Add(new VirtualAddress(new IpPrefix(Node.Address(SecondVip), 32))) }],
        };
        _node.Start();
        Node.WaitUntil(() => Network.HasVip(_node.Machine, SecondVip), () => _node.Said(since));
        _node.Expect<RoleEvent.Noted>(
            note => note.IsWarning && note.Text.Contains("cannot be written, after a crash what is set on this host may stay", StringComparison.Ordinal), since);

        // The note from one to the next has no room either: the lease speaks for it.
        since = _node.Count;
        _node.Settings = _node.Settings with { RealTimePriority = 45 };
        _node.Start();
        Assert.Equal(["VI_1"], _node.Expect<RoleEvent.Started>(_ => true, since).Resumed);
        _node.Expect<RoleEvent.Noted>(note => note.Text.Contains("goes on as master only where a lease says so", StringComparison.Ordinal), since);
        Assert.True(_node.HasVip && Network.HasVip(_node.Machine, SecondVip), _node.Said(since));
        Assert.False(_node.Has(said => said is RoleEvent.Exited { WasAsked: false }), _node.Said());
    }

    [Fact]
    public void NothingCanBeWritten_FromTheStart_BecomesMaster()
    {
        Fill();
        _node.Start();
        _node.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => _node.HasVip, () => _node.Said());
    }

    [Fact]
    public void ForReadingAlone_MasterGetsMoreAddresses_IsKilled_TheNextGoesOn_AndLeavesNothing()
    {
        _node.Start();
        _node.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => _node.HasVip && _node.IsArmed, () => _node.Said());
        ForReadingAlone(true);

        int since = _node.Count;
        InstanceBinding binding = _node.Settings.Bindings[0];
        _node.Settings = _node.Settings with
        {
            Bindings = [binding with { Addresses = binding.Addresses.Add(new VirtualAddress(new IpPrefix(Node.Address(SecondVip), 32))) }],
        };
        _node.Start();
        Node.WaitUntil(() => Network.HasVip(_node.Machine, SecondVip), () => _node.Said(since));
        _node.Expect<RoleEvent.Noted>(
            note => note.IsWarning && note.Text.Contains("cannot be written, after a crash what is set on this host may stay", StringComparison.Ordinal), since);

        since = _node.Count;
        _node.Kill();
        _node.Expect<RoleEvent.Exited>(_ => true, since);
        _node.Start();
        Assert.Equal(["VI_1"], _node.Expect<RoleEvent.Started>(_ => true, since).Resumed);
        Node.WaitUntil(() => _node.HasVip && Network.HasVip(_node.Machine, SecondVip), () => _node.Said(since));
        Assert.True(_node.Client.Stop(Node.Patience), _node.Said(since));
        Assert.False(_node.HasVip || Network.HasVip(_node.Machine, SecondVip), _node.Said(since));

        // What the first one had written down could not be removed; the next one clears up.
        ForReadingAlone(false);
        _node.Start();
        _node.ExpectState(VrrpState.Master, since);
        Assert.True(_node.Client.Stop(Node.Patience), _node.Said(since));
        Assert.False(VirtualRouterProcess.HasRemains(_folder));
    }

    [Fact]
    public void ForReadingAlone_FromTheStart_BecomesMaster_AndNoSecondRoleComesBesideIt()
    {
        ForReadingAlone(true);
        _node.Start();
        _node.ExpectState(VrrpState.Master);
        Node.WaitUntil(() => _node.HasVip, () => _node.Said());

        int since = _node.Count;
        VirtualRouterSettings serving = _node.Settings;
        _node.Settings = serving with { RealTimePriority = 45 };
        Assert.False(_node.Client.Start(_node.Settings), _node.Said(since));
        _node.Settings = serving;
        Assert.True(_node.Client.RunsWith(serving) && _node.HasVip && _node.IsArmed, _node.Said(since));
    }

    // Another mount over it, of the same files: what is open for writing would be in the way of changing the first. A role that runs has
    // mounts of its own.
    private void ForReadingAlone(bool isSo)
    {
        if (isSo)
        {
            foreach (string on in _node.Client.ProcessId is { } role ? new[] { "", $"-t {role} -m" } : [""])
            {
                Network.Command("nsenter", $"{on} mount --bind {_folder} {_folder}");
                Network.Command("nsenter", $"{on} mount -o remount,bind,ro {_folder}");
            }
        }
        else
        {
            Network.Command("umount", _folder);
        }

        _isForReadingAlone = isSo;
    }

    private void Fill()
    {
        try
        {
            using FileStream filler = File.OpenWrite(Path.Combine(_folder, "filler"));
            while (true)
            {
                filler.Write(new byte[4096]);
                filler.Flush();
            }
        }
        catch (IOException)
        {
            return;      // full
        }
    }
}
