using Pointsman.Balance;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;
using Pointsman.Linux;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane;

/* The dead man's switch of a node that balances nothing. A small program on the interfaces of the virtual addresses drops
   the questions for one whose lease nobody renews, though the stack would still answer; of other frames it sees the type.
   All of it is pinned, by the names of the whole data path: that takes over the leases when the configuration comes to
   balance something, and the VRRP process notices nothing. */

/// <summary>Keeps the stack from answering for virtual addresses whose lease has lapsed.</summary>
public sealed class AddressGuard : IDisposable
{
    private readonly PinPaths _paths;
    private readonly BpfMap _vips;
    private readonly VipRecords _records;
    private readonly InterfaceLinks _links;

    private AddressGuard(PinPaths paths)
    {
        _paths = paths;
        _vips = BpfMap.TryOpen(paths.Of(Names.Vips))
            ?? throw new DataplaneException($"{Names.Vips} is not pinned in {paths.Version}");
        _records = new VipRecords(_vips, new WriteCount());
        _links = new InterfaceLinks(
            paths,
            notes: [],
            (AttachMode.Tc, Names.GuardAtTcProgram),
            (AttachMode.Native, Names.GuardXdpProgram),
            (AttachMode.Generic, Names.GuardXdpProgram));
    }

    public IReadOnlyList<AttachedInterface> Interfaces => _links.Attached;

    /// <summary>Loads it, or takes over what a former daemon left running.</summary>
    /// <exception cref="DataplaneException">It cannot run here; the message says what to do.</exception>
    public static AddressGuard Open(string pinDirectory)
    {
        var paths = new PinPaths(pinDirectory);
        return TableMaker.Guarded(paths, () =>
        {
            new TableMaker(paths, notes: []).MakeGuard();
            return new AddressGuard(paths);
        });
    }

    /// <summary>Guards these addresses, and no others.</summary>
    /// <exception cref="DataplaneException">They are too many.</exception>
    public void Guard(IEnumerable<OwnedAddress> addresses) => Say(() =>
    {
        Dictionary<Be128, PmVip> wanted = PlanWriter.Moving(addresses.Where(address => address.LeaseSlot < PmLimit.Leases));
        _records.Write(wanted);
        _records.Keep(wanted);
    });

    /// <summary>Guards them on these interfaces, and no others.</summary>
    /// <exception cref="DataplaneException">An interface cannot be guarded; the others are.</exception>
    public void Attach(IReadOnlyCollection<int> interfaceIndexes) => Say(() => _links.Reconcile(interfaceIndexes));

    /// <summary>The orderly end. Only Dispose may follow.</summary>
    public void Purge() => XdpDataplane.Purge(_paths);

    /// <summary>Lets go of it; what is pinned goes on.</summary>
    public void Dispose()
    {
        _links.Dispose();
        _vips.Dispose();
    }

    private static void Say(Action act)
    {
        try
        {
            act();
        }
        catch (ErrnoException refused)
        {
            throw Failures.Describe($"the addresses cannot be guarded ({refused.Operation})", refused);
        }
    }
}
