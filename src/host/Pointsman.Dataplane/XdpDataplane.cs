using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Marks;
using Pointsman.Dataplane.Tables;
using Pointsman.Linux;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane;

/* The control process's hold on the data path. All that packets need is pinned in the bpf file system and goes on
   without this object, or this process; the next Open finds it, puts the new program in the place of the old and goes
   on. One thread at a time may call; Leases may be used by another. */

/// <summary>The XDP data path: loaded or adopted, told what to do by plans, asked what it did.</summary>
public sealed class XdpDataplane : IDisposable
{
    private readonly PinPaths _paths;
    private readonly List<string> _notes;
    private readonly PinnedTables _tables;
    private readonly InterfaceLinks _links;
    private readonly WriteCount _writes = new();
    private readonly PlanWriter _writer;
    private readonly Sweeper _sweeper;
    private readonly RoadHooks _roads;
    private readonly MarkGate _marks;

    /// <summary>PM_ROAD_MARK of bpf/road.h; a slot has sixteen bits.</summary>
    private const uint RoadMarkBase = 0x504d0000;

    private XdpDataplane(PinPaths paths, string? markNote, List<string> notes, bool adopted)
    {
        _paths = paths;
        _notes = notes;
        Adopted = adopted;
        _tables = PinnedTables.TryOpen(paths, writable: true)
            ?? throw Gone(paths);
        _links = new InterfaceLinks(
            paths, notes, (AttachMode.Native, Names.XdpProgram), (AttachMode.Generic, Names.XdpProgram));
        _roads = new RoadHooks(paths, notes, _links.Attached);
        _marks = new MarkGate(paths, markNote, notes.Add);
        _writer = new PlanWriter(_tables, _writes);
        _sweeper = new Sweeper(_tables);
        Leases = OwnershipLeases.TryOpen(paths.Directory)
            ?? throw Gone(paths);
    }

    /// <summary>The tables of a former run were found and taken over, with their connections.</summary>
    public bool Adopted { get; }

    /// <summary>Lines worth logging: what was replaced, what is slower than it could be.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The notes since the last call: <see cref="Apply"/> has some as well.</summary>
    public ImmutableArray<string> TakeNotes()
    {
        ImmutableArray<string> taken = [.. _notes];
        _notes.Clear();
        return taken;
    }

    /// <summary>How many connections the table has places for.</summary>
    public int ConnectionCapacity => _tables.Flows.Count;

    /// <summary>What is told of a table that does not become as large as it is wanted now.</summary>
    public static string SizeKept(int capacity, int wanted) =>
        $"the connection table keeps its size of {capacity} until the daemon is stopped in order and started again; it would be {wanted} then";

    /// <summary>How many places a table has that is made for so many connections.</summary>
    public static int CapacityFor(int connections) => TableMaker.BucketsFor(connections) * PmLimit.BucketEntries;

    /// <summary>
    /// How many records of the tables <see cref="Apply"/> has written or removed in this run: a changed weight is one,
    /// unless the scheduler's ring has to be laid anew for it.
    /// </summary>
    public long TableWrites => _writes.Total;

    public OwnershipLeases Leases { get; }

    public IReadOnlyList<AttachedInterface> Interfaces => _links.Attached;

    public static XdpDataplane Open(DataplaneOptions options)
    {
        var paths = new PinPaths(options.PinDirectory);
        var notes = new List<string>();
        return TableMaker.Guarded(paths, () =>
        {
            var maker = new TableMaker(paths, notes);
            maker.Make(options.ConnectionCapacity);
            var dataplane = new XdpDataplane(paths, options.MarkNote, notes, maker.Adopted);
            maker.Succeed(dataplane._tables);
            return dataplane;
        });
    }

    /// <summary>Takes up what is pinned as it stands, for a change; null when nothing of this version is.</summary>
    public static XdpDataplane? TryTakeUp(DataplaneOptions options)
    {
        var paths = new PinPaths(options.PinDirectory);
        using (PinnedTables? tables = PinnedTables.TryOpen(paths, writable: false))
        {
            if (tables is null || Names.AllPrograms.Any(name => !File.Exists(paths.Of(name))))
            {
                return null;
            }
        }

        return TableMaker.Guarded(paths, () => new XdpDataplane(paths, options.MarkNote, [], adopted: true));
    }

    /// <summary>The plan that the tables were made by.</summary>
    public ForwardingPlan ReadPlan() => PlanReader.Read(_tables, [.. _links.Attached.Select(attached => attached.Index)]);

    /// <summary>Asks whether this data path can do what the plan wants, and changes nothing.</summary>
    /// <exception cref="DataplaneException">It cannot; the message says what is too much.</exception>
    public static void Check(ForwardingPlan plan) => PlanLimits.Check(plan);

    /// <summary>
    /// Makes the tables and interfaces what the plan says. Throws before anything is changed when the plan asks for
    /// what this data path cannot do; an interface that cannot be attached is reported after everything else is in
    /// place.
    /// </summary>
    public void Apply(ForwardingPlan plan)
    {
        try
        {
            _sweeper.Expect(bindsClients: plan.Services.Any(service => service.Persistence is not null));
            HashSet<int> merging = Merging();
            _writer.Write(plan, merging);
            try
            {
                _links.Reconcile(plan.InterfaceIndexes);
            }
            finally
            {
                if (Merging() is var now && !now.SetEquals(merging))
                {
                    _writer.Write(plan, now);
                }
            }

            _roads.Reconcile([.. _links.Attached.Select(attached => attached.Index)]);
            _marks.Reconcile(plan);
        }
        catch (ErrnoException refused)
        {
            throw Failures.Describe($"the plan cannot be carried out ({refused.Operation})", refused);
        }
    }

    /// <summary>
    /// Retires what is past its time, and looks whether the best of each service's servers is; to be called about once a second. A
    /// call sees the whole table unless the budget ends it, then the next goes on from there. Nearly free while nothing is connected.
    /// </summary>
    /// <returns>How many connections were retired.</returns>
    public int Sweep(TimeSpan budget)
    {
        int retired = _sweeper.Sweep(budget);
        _writer.MendTrees();
        return retired;
    }

    /// <summary>The same for a command, where no daemon does that each second.</summary>
    public void CatchUp() => Sweeper.CatchUp(_tables);

    /// <summary>Puts back what brings marked packets here, should somebody have removed it; to be called about once a second.</summary>
    public void KeepMarks()
    {
        try
        {
            _marks.Keep();
        }
        catch (ErrnoException refused)
        {
            throw Failures.Describe($"marked packets cannot be brought to the data path ({refused.Operation})", refused);
        }
    }

    /// <summary>Takes back what a run that was killed has changed of this host, where nothing is balanced any more.</summary>
    public static void RemoveLeftMarks(string markNote) => MarkGate.RemoveLeft(markNote);

    /// <summary>
    /// The mark (SO_MARK) with which a packet to a real server's own address becomes one of a client to the virtual
    /// service, on its way to just this server.
    /// </summary>
    /// <param name="interfaceIndex">By which the server is reached.</param>
    /// <param name="why">Without a mark: why such a packet would not go that way.</param>
    public uint? RoadMark(ServiceKey service, TransportEndpoint server, int interfaceIndex, out string? why)
    {
        why = _roads.WhyNot(interfaceIndex);
        if (why is not null)
        {
            return null;
        }

        uint? slot = _writer.SlotOf(service, server);
        why = slot is null ? "the data path does not know it yet" : null;
        return slot is { } known ? RoadMarkBase | known : null;
    }

    public DataplaneSnapshot ReadSnapshot() => TableReader.Snapshot(_tables);

    public IReadOnlyList<ConnectionEntry> ReadConnections() => ConnectionList.Read(_tables);

    public TimeoutSettings Timeouts => Tables.Timeouts.Read(_tables.Settings[0]);

    /// <summary>Zero leaves a timeout as it is.</summary>
    public void SetTimeouts(TimeSpan tcp, TimeSpan tcpFin, TimeSpan udp) =>
        Tables.Timeouts.Write(ref _tables.Settings[0], new TimeoutSettings(tcp, tcpFin, udp));

    /// <summary>Counters of a service and its servers begin at zero again; what a packet adds meanwhile may be lost.</summary>
    /// <param name="service">Null: of all.</param>
    /// <returns>False: there is no such service.</returns>
    public bool TryZero(ServiceKey? service) => CounterSums.TryZero(_tables, service);

    /// <summary>The orderly end: detaches from all interfaces and removes every pin. Only Dispose may follow.</summary>
    public void Purge()
    {
        _marks.Remove();
        Purge(_paths);
    }

    internal static void Purge(PinPaths paths)
    {
        try
        {
            TableMaker.RemoveAll(paths);
            if (Directory.Exists(paths.Directory) && !Directory.EnumerateFileSystemEntries(paths.Directory).Any()
                && paths.Directory != BpfFileSystem.UsualPlace)
            {
                Directory.Delete(paths.Directory);
            }
        }
        catch (ErrnoException refused)
        {
            throw Failures.Describe($"the data path cannot be removed ({refused.Operation})", refused);
        }
    }

    /// <summary>Lets go of the data path, which goes on without.</summary>
    public void Dispose()
    {
        Leases.Dispose();
        _links.Dispose();
        _roads.Dispose();
        _marks.Dispose();
        _tables.Dispose();
    }

    // Behind the kernel's own structure of packets, which may hold several.
    private HashSet<int> Merging() =>
        [.. _links.Attached.Where(attached => attached.Mode == AttachMode.Generic).Select(attached => attached.Index)];

    private static DataplaneException Gone(PinPaths paths) =>
        new($"what was pinned in {paths.Version} is gone again: is another daemon running?");
}
