using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Linux.Processes;

namespace Pointsman.RealServer;

/* A real server of a direct-routing service needs the virtual IP on lo, so that it takes the packets, and silence about it
   on ARP, so that it does not draw them away from the director.

   What is changed is remembered before it is changed: whatever fails half-way is undone by Down, or completed by another
   Up. Silence comes first and goes last. It works in the network namespace of the calling thread. */

/// <summary>Makes this machine a real server, takes it back, and says what is missing.</summary>
public sealed class RealServerSetup(string runDirectory)
{
    public const string MemoryFileName = "realserver.json";

    private const string LockFileName = "realserver.lock";
    private const string LoopbackName = "lo";
    private const int HostPrefixLength = 32;

    private readonly string _memoryPath = Path.Combine(runDirectory, MemoryFileName);

    /// <summary>Makes it a real server for exactly these; what an earlier call did for others is undone.</summary>
    public RealServerReport Up(ImmutableArray<IpAddress> virtualIps) => Exclusively("up", () =>
    {
        var changes = new List<string>();
        RealServerMemory memory = RealServerMemory.Read(_memoryPath);
        memory = RemoveAddresses(memory, [.. memory.Added.Select(IpAddress.Parse).Except(virtualIps)], changes);
        memory = Silence(memory, changes);
        AddAddresses(memory, virtualIps, changes);
        return Inspect(virtualIps) with { Changed = [.. changes] };
    });

    /// <summary>Brings back what was there before.</summary>
    /// <param name="virtualIps">Only these; empty: all.</param>
    public RealServerReport Down(ImmutableArray<IpAddress> virtualIps) => Exclusively("down", () =>
    {
        var changes = new List<string>();
        var notes = new List<string>();
        RealServerMemory memory = RealServerMemory.Read(_memoryPath);
        ImmutableArray<IpAddress> known = [.. memory.VirtualIps.Select(IpAddress.Parse)];
        ImmutableArray<IpAddress> leaving = virtualIps.IsEmpty ? known : virtualIps;
        notes.AddRange(leaving.Except(known).Select(
            address => $"{address} was not set up by this program: left as it is"));
        notes.AddRange(leaving.Intersect(known).Where(address => !memory.Added.Contains(address.ToString())).Select(
            address => $"{address} was on lo before: left there"));

        memory = RemoveAddresses(memory, [.. leaving.Intersect(known)], changes);
        if (memory.VirtualIps.IsEmpty)
        {
            RestoreSettings(memory, changes, notes);
        }

        return new RealServerReport { VirtualIps = memory.VirtualIps, Changed = [.. changes], Notes = [.. notes] };
    });

    /// <summary>Whether it would serve these; empty: those it was set up for.</summary>
    public RealServerReport Status(ImmutableArray<IpAddress> virtualIps)
    {
        ImmutableArray<IpAddress> asked = virtualIps.IsEmpty
            ? [.. RealServerMemory.Read(_memoryPath).VirtualIps.Select(IpAddress.Parse)]
            : virtualIps;
        return asked.IsEmpty
            ? new RealServerReport { Missing = ["no virtual IP is set up here: pointsman realserver up --vip ADDRESS"] }
            : Inspect(asked);
    }

    private static RealServerReport Inspect(ImmutableArray<IpAddress> virtualIps)
    {
        using var routes = new RouteClient();
        var missing = new List<string>();
        var notes = new List<string>();
        NetworkLink? loopback = routes.FindLink(LoopbackName);
        if (loopback is not { IsUp: true })
        {
            missing.Add("lo is down: it takes no packets (ip link set lo up)");
        }

        List<InterfaceAddress> present = loopback is null ? [] : routes.Addresses(loopback.Index);
        foreach (IpAddress address in virtualIps)
        {
            if (!present.Any(on => on.Prefix.Address == address))
            {
                missing.Add($"{address} is not on lo: packets for it are not taken");
            }

            notes.AddRange(present
                .Where(on => on.Prefix.Address == address && on.Prefix.Length < HostPrefixLength)
                .Select(on => $"{address} is on lo with /{on.Prefix.Length}: its whole network is local then; /32 is meant"));
        }

        foreach (ArpSetting setting in ArpSetting.All)
        {
            string? value = Sysctl.TryRead(setting.Name);
            if (!setting.IsMetBy(value))
            {
                missing.Add($"{setting.DottedName} is {value ?? "missing"}, not {setting.Target}: {setting.Why}");
            }
        }

        return new RealServerReport
        {
            VirtualIps = [.. virtualIps.Select(address => address.ToString())],
            Missing = [.. missing],
            Notes = [.. notes],
        };
    }

    private RealServerMemory Silence(RealServerMemory memory, List<string> changes)
    {
        foreach (ArpSetting setting in ArpSetting.All)
        {
            string before = Sysctl.TryRead(setting.Name)
                ?? throw new RealServerException($"this kernel has no {setting.DottedName}");
            if (setting.IsMetBy(before))
            {
                continue;
            }

            if (!memory.Settings.Any(changed => changed.Name == setting.Name))
            {
                memory = Remember(memory with
                {
                    Settings = memory.Settings.Add(new RealServerMemory.ChangedSetting(setting.Name, before, setting.Target)),
                });
            }

            WriteSetting(setting.Name, setting.Target);
            changes.Add($"{setting.DottedName}: {before} -> {setting.Target}");
        }

        return memory;
    }

    private void AddAddresses(RealServerMemory memory, ImmutableArray<IpAddress> virtualIps, List<string> changes)
    {
        using var routes = new RouteClient();
        int loopback = Loopback(routes);
        List<InterfaceAddress> present = routes.Addresses(loopback);
        ImmutableArray<IpAddress> absent =
            [.. virtualIps.Where(address => !present.Any(on => on.Prefix.Address == address))];
        Remember(memory with
        {
            VirtualIps = [.. virtualIps.Select(address => address.ToString())],
            Added = [.. memory.Added.Union(absent.Select(address => address.ToString()))],
        });
        foreach (IpAddress address in absent)
        {
            Try(() => routes.TryAddAddress(OnLoopback(loopback, address)), $"{address} cannot be put on lo");
            changes.Add($"{address}/{HostPrefixLength} added to lo");
        }
    }

    private RealServerMemory RemoveAddresses(
        RealServerMemory memory, ImmutableArray<IpAddress> leaving, List<string> changes)
    {
        using var routes = new RouteClient();
        int loopback = Loopback(routes);
        foreach (IpAddress address in leaving)
        {
            string text = address.ToString();
            if (memory.Added.Contains(text)
                && Try(() => routes.TryDeleteAddress(OnLoopback(loopback, address)), $"{text} cannot be taken off lo"))
            {
                changes.Add($"{text}/{HostPrefixLength} removed from lo");
            }

            memory = Remember(memory with
            {
                VirtualIps = memory.VirtualIps.Remove(text),
                Added = memory.Added.Remove(text),
            });
        }

        return memory;
    }

    private void RestoreSettings(RealServerMemory memory, List<string> changes, List<string> notes)
    {
        foreach (RealServerMemory.ChangedSetting setting in memory.Settings)
        {
            string dotted = setting.Name.Replace('/', '.');
            string? now = Sysctl.TryRead(setting.Name);
            if (now == setting.Set)
            {
                WriteSetting(setting.Name, setting.Before);
                changes.Add($"{dotted}: {now} -> {setting.Before}");
            }
            else
            {
                notes.Add($"{dotted} was changed to {now ?? "nothing"} by someone else: left so (it was {setting.Before})");
            }

            memory = Remember(memory with { Settings = memory.Settings.Remove(setting) });
        }
    }

    private RealServerMemory Remember(RealServerMemory memory)
    {
        memory.Write(_memoryPath);
        return memory;
    }

    private static int Loopback(RouteClient routes) =>
        routes.FindLink(LoopbackName)?.Index ?? throw new RealServerException("this machine has no interface lo");

    private static InterfaceAddress OnLoopback(int loopback, IpAddress address) =>
        new(loopback, new IpPrefix(address, HostPrefixLength));

    private static void WriteSetting(string name, string value)
    {
        try
        {
            Sysctl.Write(name, value);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new RealServerException(
                $"{name.Replace('/', '.')} cannot be set to {value}: {refused.Message}",
                lacksRights: refused is UnauthorizedAccessException);
        }
    }

    private static bool Try(Func<bool> change, string complaint)
    {
        try
        {
            return change();
        }
        catch (ErrnoException refused)
        {
            throw new RealServerException(
                $"{complaint}: {ErrnoException.Text(refused.Errno)}", lacksRights: refused.Errno == Errno.NotPermitted);
        }
    }

    private RealServerReport Exclusively(string verb, Func<RealServerReport> work)
    {
        if (PeerCredentials.OwnUserId != 0)
        {
            throw new RealServerException(
                $"realserver {verb} changes addresses and kernel settings: run it as root", lacksRights: true);
        }

        try
        {
            Directory.CreateDirectory(runDirectory);
            using PidFile? alone = PidFile.TryAcquire(Path.Combine(runDirectory, LockFileName), out int holder);
            return alone is null
                ? throw new RealServerException($"process {holder} is at it just now: try again when it has ended")
                : work();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new RealServerException($"{runDirectory} cannot be written: {refused.Message}");
        }
    }
}
