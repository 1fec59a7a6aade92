using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Marks;
using Pointsman.Linux;
using Pointsman.Linux.Bpf;
using Pointsman.Linux.Timing;

namespace Pointsman.Dataplane.Tables;

/* Puts the data path into the kernel. Maps of the same layout that are pinned already are taken over with all that is
   in them; the programs are always loaded anew, so that an upgraded daemon brings its own. */

/// <summary>Loads the BPF object over new or pinned maps, and pins what it made.</summary>
internal sealed class TableMaker(PinPaths paths, List<string> notes)
{
    /// <summary>Persistence templates for each connection that can be remembered.</summary>
    private const int ConnectionsPerTemplate = 2;

    /// <summary>A quarter of a second: connections are measured in seconds at least.</summary>
    private const uint SlackPerSecond = 4;

    /// <summary>Whether <see cref="Make"/> found the maps of a former run.</summary>
    internal bool Adopted { get; private set; }

    private FormerTables? _former;

    /// <param name="like">What new tables have their keys and clock from; null: keys of their own.</param>
    internal void Make(int connectionCapacity, PmSettings? like = null)
    {
        int buckets = BucketsFor(connectionCapacity);
        using BpfObject bpf = BpfObject.Open(ObjectImage.Read());
        List<BpfMap>? pinned = PinnedOfThisLayout();
        Adopted = pinned is not null;
        string[] guards = [];
        bool isNew = pinned is null;
        if (pinned is null)
        {
            _former = FormerTables.Find(paths);
            guards = TakeGuard(bpf);
            buckets = Keep(_former?.Buckets ?? buckets, buckets);
            like ??= _former?.Settings(BtfFile.OfObject(ObjectImage.Read()));
            bpf.SetCapacity(Names.Flows, buckets);
            bpf.SetCapacity(Names.Clients, buckets);
            int templates = Math.Max(buckets * PmLimit.BucketEntries / ConnectionsPerTemplate, 1);
            bpf.SetCapacity(Names.Templates, templates);
            bpf.SetCapacity(Names.Calls, templates);
        }
        else
        {
            buckets = Take(bpf, pinned, buckets);
        }

        PmSettings settings = ReadSettings() ?? like ?? NewSettings();
        ref PmConstants constants = ref MemoryMarshal.AsRef<PmConstants>(bpf.Constants(".rodata.load"));
        constants.BucketMask = (uint)buckets - 1;
        constants.Seed = settings.Seed;
        constants.SlackTicks = settings.TicksPerSecond / SlackPerSecond;
        bpf.Load();

        if (isNew)
        {
            PinMaps(bpf, Names.AllMaps.Except(guards), settings);
        }

        PinPrograms(bpf, Names.AllPrograms);
        if (_former is not null)
        {
            _former.CopyTo(paths);
            FormerTables.CountConnections(paths);
            Adopted = true;
        }
    }

    /// <summary>After the new program stands in the place of the old one everywhere: the former version's tables go.</summary>
    internal void Succeed(PinnedTables tables)
    {
        if (_former is null)
        {
            return;
        }

        int late = _former.CopyLate(tables);
        notes.Add($"took over {TableReader.CountConnections(tables)} connections from the data path of another version, {late} of them while it was replaced");
        Remove(_former.Paths.Version);
        _former = null;
        RemoveOldVersions();
    }

    /// <summary>What the dead man's switch needs and no more; what a former run left is taken over.</summary>
    internal void MakeGuard()
    {
        using BpfObject bpf = BpfObject.Open(ObjectImage.Read());
        bpf.Restrict(Names.GuardPrograms, Names.GuardMaps);
        string[] guards = TakeGuard(bpf);
        bpf.Load();
        PinMaps(bpf, Names.GuardMaps.Except(guards), NewSettings());
        PinPrograms(bpf, Names.GuardPrograms);
        RoadHooks.RemoveAll(paths.PinnedLinks().Select(link => link.Interface.Index));
        foreach (string name in Names.AllPrograms.Except(Names.GuardPrograms))
        {
            File.Delete(paths.Of(name));
        }
    }

    /// <summary>Words what the kernel refuses while the tables are made.</summary>
    internal static T Guarded<T>(PinPaths paths, Func<T> make)
    {
        try
        {
            BpfMount.Require(paths.Directory);
            return make();
        }
        catch (ErrnoException refused)
        {
            throw Failures.Describe($"the data path cannot be loaded ({refused.Operation})", refused);
        }
        catch (DllNotFoundException missing)
        {
            throw new DataplaneException("libbpf.so.1 is missing: apt-get install libbpf1", missing);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new DataplaneException($"{paths.Directory} cannot be used: {refused.Message}", refused);
        }
    }

    /// <summary>
    /// Removes all pins of this directory, whatever layout they have; links are taken from their interfaces.
    /// </summary>
    internal static void RemoveAll(PinPaths paths)
    {
        RoadHooks.RemoveAll(paths.PinnedLinks().Select(link => link.Interface.Index).ToList());
        foreach ((string path, _) in paths.PinnedLinks())
        {
            using (XdpLink? link = XdpLink.TryOpen(path))
            {
                link?.Detach();
            }

            File.Delete(path);
        }

        MarkGate.Unpin(paths);
        foreach (string version in paths.Versions())
        {
            Remove(version);
        }

        if (Directory.Exists(paths.Links))
        {
            Directory.Delete(paths.Links);
        }
    }

    private static void Remove(string version)
    {
        foreach (string pin in Directory.GetFiles(version))
        {
            File.Delete(pin);
        }

        Directory.Delete(version);
    }

    private void RemoveOldVersions()
    {
        foreach (string version in paths.Versions().Where(version => version != paths.Version))
        {
            Remove(version);
        }
    }

    internal static int BucketsFor(int connectionCapacity)
    {
        const int Most = 1 << 26;
        int wanted = Math.Clamp(connectionCapacity, PmLimit.BucketEntries, Most);
        return (int)BitOperations.RoundUpToPowerOf2((uint)(wanted + PmLimit.BucketEntries - 1) / PmLimit.BucketEntries);
    }

    private static PmSettings NewSettings()
    {
        var settings = new PmSettings { TicksPerSecond = KernelTick.PerSecond(), Layout = PmLimit.Layout };
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes((Span<ulong>)settings.Seed));
        Timeouts.WriteDefaults(ref settings);
        return settings;
    }

    private List<BpfMap>? PinnedOfThisLayout()
    {
        using (PinnedTables? tables = PinnedTables.TryOpen(paths, writable: true))
        {
            if (tables is null)
            {
                return null;
            }
        }

        return Names.AllMaps.Select(name => BpfMap.TryOpen(paths.Of(name))).OfType<BpfMap>().ToList() is var maps
            && maps.Count == Names.AllMaps.Length ? maps : null;
    }

    // The leases of a node that has guarded its addresses so far stand in these maps, and its VRRP process writes there.
    private string[] TakeGuard(BpfObject bpf)
    {
        if (ReadSettings()?.Layout != PmLimit.Layout)
        {
            // What can be taken over stays on its interfaces until this one takes its place.
            if (_former is null)
            {
                RemoveLeftovers();
            }

            return [];
        }

        var taken = new List<string>();
        foreach (string name in Names.AllMaps)
        {
            using BpfMap? map = Names.GuardMaps.Contains(name) ? BpfMap.TryOpen(paths.Of(name)) : null;
            if (map is null)
            {
                File.Delete(paths.Of(name));
                continue;
            }

            bpf.Reuse(name, map);
            taken.Add(name);
        }

        return [.. taken];
    }

    private void RemoveLeftovers()
    {
        if (paths.Versions().Any() || paths.PinnedLinks().Any())
        {
            notes.Add($"replacing the data path pinned in {paths.Directory}: another version of Pointsman made it, "
                + "connections are forgotten");
            RemoveAll(paths);
        }
    }

    private int Take(BpfObject bpf, List<BpfMap> pinned, int wanted)
    {
        int buckets = wanted;
        foreach (BpfMap map in pinned)
        {
            if (map.Name == Names.Flows)
            {
                buckets = map.Capacity;
            }

            bpf.Reuse(map.Name, map);
            map.Dispose();
        }

        return Keep(buckets, wanted);
    }

    private int Keep(int buckets, int wanted)
    {
        if (buckets != wanted)
        {
            notes.Add(XdpDataplane.SizeKept(buckets * PmLimit.BucketEntries, wanted * PmLimit.BucketEntries));
        }

        return buckets;
    }

    private PmSettings? ReadSettings()
    {
        using BpfMap? map = BpfMap.TryOpen(paths.Of(Names.Settings));
        return map is not null && map.TryLookup(0u, out PmSettings settings) ? settings : null;
    }

    private void PinMaps(BpfObject bpf, IEnumerable<string> names, in PmSettings settings)
    {
        Directory.CreateDirectory(paths.Version, PinPaths.OwnerOnly);
        foreach (string name in names)
        {
            using BpfMap map = bpf.TakeMap(name);
            if (name == Names.Settings)
            {
                map.Update(0u, settings);
            }

            map.Pin(paths.Of(name));
        }
    }

    // By renaming: whoever opens a program's pin finds the old one or the new one.
    private void PinPrograms(BpfObject bpf, string[] names)
    {
        foreach (string name in names)
        {
            using BpfProgram program = bpf.TakeProgram(name);
            string fresh = paths.Of(name + "_new");
            File.Delete(fresh);
            program.Pin(fresh);
            File.Move(fresh, paths.Of(name), overwrite: true);
        }
    }
}
