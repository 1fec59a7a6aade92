using System.Diagnostics;
using Pointsman.Base;
using Pointsman.Linux.Processes;
using Pointsman.VirtualRouter.Client;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>A machine with a control process's client in this test and a real role in the machine's namespace.</summary>
internal sealed class Node : IDisposable
{
    /// <summary>The patience of every wait: far beyond what a slow machine needs.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly List<(long At, RoleEvent Event)> _events = [];
    private readonly Lock _lock = new();

    internal Node(string machine, byte priority)
    {
        Machine = machine;
        RunDirectory = Directory.CreateTempSubdirectory("linux-vr-").FullName;
        LeaseDirectory = Directory.CreateDirectory(Path.Combine(RunDirectory, "leases")).FullName;
        Settings = new VirtualRouterSettings
        {
            Router = new VrrpRouterSettings
            {
                Instances =
                [
                    new VrrpInstanceSettings
                    {
                        Name = "VI_1",
                        Interface = "eth0",
                        VirtualRouterId = 51,
                        Priority = priority,
                        AdvertInterval = Interval,
                        AuthPass = "1111",
                        VirtualAddresses = [Address(Network.Vip)],
                    },
                ],
            },
            Bindings =
            [
                new InstanceBinding
                {
                    Addresses = [new VirtualAddress(new IpPrefix(Address(Network.Vip), 32), Label: "eth0:1")],
                    LeaseSlot = 3,
                },
            ],
            RunDirectory = RunDirectory,
            BpfPinDirectory = LeaseDirectory,
        };
        Client = NewClient();
    }

    internal string Machine { get; }

    internal string RunDirectory { get; }

    internal string LeaseDirectory { get; }

    internal VirtualRouterSettings Settings { get; set; }

    internal VirtualRouterClient Client { get; set; }

    internal bool HasVip => Network.HasVip(Machine);

    internal bool IsArmed => FileLeases.IsArmed(LeaseDirectory, slot: 3);

    internal static IpAddress Address(string text) => IpAddress.TryParse(text, out IpAddress address)
        ? address
        : throw new ArgumentException(text);

    internal VirtualRouterClient NewClient() => new(
        new RoleLaunch("ip", ["netns", "exec", Machine, Environment.ProcessPath!, RoleLaunch.CommandName]), OnEvent);

    internal void Start() => Client.Start(Settings);

    internal void Change(Func<VrrpInstanceSettings, VrrpInstanceSettings> change) => Settings = Settings with
    {
        Router = Settings.Router with { Instances = [.. Settings.Router.Instances.Select(change)] },
    };

    /// <summary>Ends the role as a crash would.</summary>
    internal void Kill() => ProcessControl.TrySignal(Client.ProcessId!.Value, Signal.Kill);

    /// <summary>The role stands still, as on a machine that is far too busy.</summary>
    internal void Pause() => Network.Command("kill", $"-STOP {Client.ProcessId!.Value}");

    internal void GoOn() => Network.Command("kill", $"-CONT {Client.ProcessId!.Value}");

    /// <summary>What was said since <paramref name="since"/> (<see cref="Count"/>), as text.</summary>
    internal string Said(int since = 0)
    {
        lock (_lock)
        {
            return string.Join('\n', _events.Skip(since).Select(entry => $"{entry.At} {entry.Event}"));
        }
    }

    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _events.Count;
            }
        }
    }

    /// <summary>Waits for an event, from the first one or from a given number on.</summary>
    internal T Expect<T>(Func<T, bool> isIt, int since = 0)
        where T : RoleEvent
    {
        T? found = null;
        WaitUntil(
            () =>
            {
                lock (_lock)
                {
                    found = _events.Skip(since).Select(entry => entry.Event).OfType<T>().FirstOrDefault(isIt);
                    return found is not null;
                }
            },
            () => $"no such {typeof(T).Name} on {Machine}; said:\n{Said(since)}");
        return found!;
    }

    internal RoleEvent.StateChanged ExpectState(VrrpState state, int since = 0) =>
        Expect<RoleEvent.StateChanged>(changed => changed.To == state, since);

    internal bool Has(Func<RoleEvent, bool> isIt, int since = 0)
    {
        lock (_lock)
        {
            return _events.Skip(since).Any(entry => isIt(entry.Event));
        }
    }

    internal RoleSnapshot Snapshot()
    {
        int since = Count;
        Client.RequestSnapshot();
        return Expect<RoleEvent.SnapshotTaken>(_ => true, since).Snapshot;
    }

    internal static void WaitUntil(Func<bool> isSo, Func<string> complaint)
    {
        var waited = Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.True(waited.Elapsed < Patience, complaint());
            Thread.Sleep(5);
        }
    }

    public void Dispose()
    {
        Client.Stop(Patience);
        Client.Dispose();
        Directory.Delete(RunDirectory, recursive: true);
    }

    private void OnEvent(RoleEvent happened)
    {
        lock (_lock)
        {
            _events.Add((Stopwatch.GetTimestamp(), happened));
        }
    }
}
