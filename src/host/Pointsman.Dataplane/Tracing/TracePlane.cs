using System.Collections.Immutable;
using System.Globalization;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Marks;
using Pointsman.Dataplane.Tables;
using Pointsman.Linux;
using Pointsman.Linux.Bpf;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;

namespace Pointsman.Dataplane.Tracing;

/* The tables are copied, the program is loaded over the copy, and the kernel runs it over the packet (BPF_PROG_TEST_RUN): the verdict
   is the data path's own, and nothing that packets use is written. What led to it is read from the copy, before and after. */

/// <summary>A copy of a pinned data path, to ask what it would do.</summary>
public sealed class TracePlane : IDisposable
{
    private const string DirectoryPrefix = "pointsman-trace-";

    /// <summary>By which a frame may grow.</summary>
    private const int RoomForTunnels = 64;

    private readonly PinPaths _paths;
    private readonly PinnedTables _tables;
    private readonly BpfProgram _program;
    private readonly BpfProgram _marked;
    private readonly OwnershipLeases _leases;

    private TracePlane(PinPaths paths)
    {
        _paths = paths;
        _tables = PinnedTables.TryOpen(paths, writable: true) ?? throw new DataplaneException("the copy of the tables is gone");
        _program = BpfProgram.TryOpen(paths.Of(Names.XdpProgram)) ?? throw new DataplaneException("the copy of the program is gone");
        _marked = BpfProgram.TryOpen(paths.Of(Names.MarkedProgram)) ?? throw new DataplaneException("the copy of the program is gone");
        _leases = OwnershipLeases.TryOpen(paths.Directory) ?? throw new DataplaneException("the copy of the leases is gone");
    }

    /// <summary>Null: no data path of this version is pinned there.</summary>
    /// <exception cref="DataplaneException">It cannot be copied.</exception>
    public static TracePlane? TryCopy(string pinDirectory)
    {
        var live = new PinPaths(pinDirectory);
        using PinnedTables? tables = PinnedTables.TryOpen(live, writable: false);
        if (tables is null)
        {
            return null;
        }

        var copy = new PinPaths(Path.Combine(Path.GetDirectoryName(pinDirectory) ?? BpfFileSystem.UsualPlace,
            string.Create(CultureInfo.InvariantCulture, $"{DirectoryPrefix}{Environment.ProcessId}")));
        try
        {
            return TableMaker.Guarded(copy, () =>
            {
                new TableMaker(copy, []).Make(tables.Flows.Count, tables.Settings[0]);
                using (PinnedTables target = PinnedTables.TryOpen(copy, writable: true)!)
                {
                    TableCopy.Fill(tables, target);
                }

                return new TracePlane(copy);
            });
        }
        catch
        {
            XdpDataplane.Purge(copy);
            throw;
        }
    }

    /// <summary>What becomes of the packet. It leaves its marks in the copy: the next one finds its connection.</summary>
    /// <param name="interfaceIndex">That it comes in by.</param>
    public TraceReport Trace(TracePacket packet, int interfaceIndex, Func<int, string> nameOf)
    {
        if (TraceLook.IsTakenUnmarked(_tables, packet))
        {
            TraceReport unmarked = Trace(packet with { Mark = 0 }, interfaceIndex, nameOf);
            var tooLate = new TraceStep(
                "mark", string.Create(CultureInfo.InvariantCulture, $"not {packet.Mark} yet: a service by its address takes it before the firewall sees it"));
            return unmarked with { Steps = unmarked.Steps.Insert(1, tooLate) };
        }

        return packet.Mark == 0
            ? Trace(_program, packet, packet, interfaceIndex, nameOf)
            : Trace(_marked, packet, packet.Routed(), MarkedInterface(), nameOf);
    }

    /// <param name="arrived">As the program sees it.</param>
    /// <param name="interfaceIndex">Null: it is missing.</param>
    private TraceReport Trace(BpfProgram program, TracePacket packet, TracePacket arrived, int? interfaceIndex, Func<int, string> nameOf)
    {
        var look = new TraceLook(_tables, _leases, packet, nameOf);
        ImmutableArray<TraceStep> before = look.Before(interfaceIndex);
        Dictionary<int, long> counted = Packets();
        long[] verdicts = Verdicts();
        byte[] frame = arrived.ToFrame();
        XdpRun run = default;
        bool asLoopback = interfaceIndex is not { } index || !TryRun(program, frame, index, out run);
        if (asLoopback)
        {
            run = program.Run(frame, new byte[frame.Length + RoomForTunnels], 0);
        }

        long[] after = Verdicts();
        string[] names = [.. Enumerable.Range(0, after.Length).Where(i => after[i] != verdicts[i]).Select(i => PmVerdictNames.All[i])];
        string verdict = names.FirstOrDefault(name => !name.StartsWith("note-", StringComparison.Ordinal)) ?? "none";
        int slot = Packets().FirstOrDefault(pair => pair.Value != counted.GetValueOrDefault(pair.Key)).Key;

        // The kernel lets a packet come in by interfaces whose driver does XDP only; by another one it would go back out the same way.
        bool goesBack = asLoopback && verdict == "redirected" && slot != 0 && _tables.Servers[slot].Ifindex == interfaceIndex;
        return new TraceReport(
            look.Describe(),
            [.. before, .. look.After(slot, isTooLarge: verdict.StartsWith("too-big", StringComparison.Ordinal))],
            goesBack ? "forwarded" : verdict,
            goesBack ? "sent back out of that interface" : Words(run.Action))
        {
            Notes = [.. names.Where(name => name != verdict)],
        };
    }

    /// <summary>Connections of a client, without templates.</summary>
    public IReadOnlyList<ConnectionEntry> ConnectionsOf(IpAddress client, ushort? port) =>
    [
        .. ConnectionList.Read(_tables).Where(entry =>
            !entry.IsTemplate && entry.Client.Address == client && (port is null || entry.Client.Port == port)),
    ];

    public void Dispose()
    {
        _leases.Dispose();
        _marked.Dispose();
        _program.Dispose();
        _tables.Dispose();
        XdpDataplane.Purge(_paths);
    }

    private static int? MarkedInterface()
    {
        using var routes = new RouteClient();
        return routes.FindLink(MarkNames.Far)?.Index;
    }

    private static bool TryRun(BpfProgram program, byte[] frame, int interfaceIndex, out XdpRun run)
    {
        try
        {
            run = program.Run(frame, new byte[frame.Length + RoomForTunnels], interfaceIndex);
            return true;
        }
        catch (ErrnoException refused) when (refused.Errno is Errno.InvalidArgument or Errno.NoDevice)
        {
            run = default;
            return false;
        }
    }

    private Dictionary<int, long> Packets() => _tables.UsedSlots().ToDictionary(slot => slot, slot => CounterSums.Server(_tables, (uint)slot).PacketsIn);

    private long[] Verdicts() => [.. Enumerable.Range(0, PmVerdictNames.All.Length).Select(i => CounterSums.Verdict(_tables, i))];

    private static string Words(XdpAction action) => action switch
    {
        XdpAction.Pass => "handed to this node itself",
        XdpAction.Drop => "dropped",
        XdpAction.Tx => "sent back out of that interface",
        XdpAction.Redirect => "sent out of another interface",
        _ => "dropped: the program broke off",
    };
}
